package main

import (
	"time"

	"k8s.io/kubernetes/pkg/proxy/iptables"
)

// A proxier asks for the time itself. So that only the time of a case counts, and not how long this program takes, the
// times that it has noted are moved before every step.
type clock struct {
	stopped time.Time // when the last step ended
}

func (c *clock) stop() { c.stopped = time.Now() }

// pass makes all that the proxier has noted until the clock stopped exactly so many seconds old.
func (c *clock) pass(p *proxier, seconds float64) {
	if c.stopped.IsZero() {
		return
	}
	p.idle += time.Duration(seconds * float64(time.Second))
	later := time.Since(c.stopped) - time.Duration(seconds*float64(time.Second))
	full := private[time.Time](p.Provider, "lastFullSync")
	*full = full.Add(later)
	if _, ok := p.Provider.(*iptables.Proxier); ok {
		cleanup := private[time.Time](p.Provider, "lastIPTablesCleanup")
		*cleanup = cleanup.Add(later)
		return
	}
	stale := *private[map[string]time.Time](p.Provider, "staleChains")
	for chain, since := range stale {
		stale[chain] = since.Add(later)
	}
}
