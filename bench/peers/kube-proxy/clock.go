package main

import (
	"time"

	"k8s.io/kubernetes/pkg/proxy/iptables"
)

// A proxier asks for the time itself. So that only the time of a case counts, and not how long this program and the tools
// take, the times that it has noted are moved before each sync: what the last sync noted is then exactly so old as the
// case says.
func (p *proxier) setClock() {
	later := time.Since(p.synced) - p.idle
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
