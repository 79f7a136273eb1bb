package main

import (
	"context"
	"errors"
	"strings"
	"time"

	utiliptables "k8s.io/kubernetes/pkg/util/iptables"
	"sigs.k8s.io/knftables"
)

// A recorder keeps the texts that a proxier feeds to its tool.
type recorder struct {
	texts   []string
	refuses bool
	failed  bool // the last sync did
}

func (r *recorder) refuseOnce(refuses bool) { r.refuses = refuses }

func (r *recorder) take() []string {
	texts := r.texts
	r.texts = nil
	if texts == nil {
		return []string{}
	}
	return texts
}

// write records a text and passes it on, unless it is the one to fail. An empty transaction cannot fail.
func (r *recorder) write(text string, passOn func() error) error {
	r.texts = append(r.texts, text)
	if r.refuses && text != "" {
		r.refuses, r.failed = false, !onlyDeletes(text)
		return errors.New("refused for the sake of the test")
	}
	return passOn()
}

// onlyDeletes is true of a transaction that does nothing but delete stale chains: no sync fails because of it.
func onlyDeletes(text string) bool {
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "delete chain ") {
			return false
		}
	}
	return true
}

type recordingIptables struct {
	utiliptables.Interface
	recorder *recorder
	watching chan struct{} // closed once the canary chains are there
}

func (i *recordingIptables) RestoreAll(data []byte, flush utiliptables.FlushFlag, counters utiliptables.RestoreCountersFlag) error {
	return i.recorder.write(string(data), func() error { return i.Interface.RestoreAll(data, flush, counters) })
}

// Monitor makes the canary chains as the real one does, and does not look after them: nobody else writes here.
func (i *recordingIptables) Monitor(canary utiliptables.Chain, tables []utiliptables.Table, _ func(), _ time.Duration, _ <-chan struct{}) {
	for _, table := range tables {
		_, _ = i.EnsureChain(table, canary)
	}
	close(i.watching)
}

type recordingNftables struct {
	knftables.Interface
	recorder *recorder
}

func (n *recordingNftables) Run(ctx context.Context, tx *knftables.Transaction) error {
	return n.recorder.write(tx.String(), func() error { return n.Interface.Run(ctx, tx) })
}
