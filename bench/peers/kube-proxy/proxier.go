package main

import (
	"context"
	"reflect"
	"time"
	"unsafe"

	v1 "k8s.io/api/core/v1"
	"k8s.io/client-go/tools/events"
	utilsysctl "k8s.io/component-helpers/node/util/sysctl"
	"k8s.io/kubernetes/pkg/proxy"
	kubeproxyconfig "k8s.io/kubernetes/pkg/proxy/apis/config"
	"k8s.io/kubernetes/pkg/proxy/iptables"
	"k8s.io/kubernetes/pkg/proxy/nftables"
	"k8s.io/kubernetes/pkg/proxy/runner"
	proxyutil "k8s.io/kubernetes/pkg/proxy/util"
	utiliptables "k8s.io/kubernetes/pkg/util/iptables"
	"sigs.k8s.io/knftables"
)

// A proxier is one family's, and what it writes is recorded.
type proxier struct {
	proxy.Provider
	name     string   // iptables-save, ip6tables-save, nft-ip or nft-ip6
	dump     []string // the command that prints its rules
	recorder *recorder
	idle     time.Duration // since the last sync, in the time of the case
	synced   time.Time     // when the last sync began, in real time
}

// newProxier makes a proxier that writes to the kernel, or to the given iptables.
func newProxier(ctx context.Context, config *kubeproxyconfig.KubeProxyConfiguration, node *hostNode, family v1.IPFamily, events events.EventRecorder, ipt utiliptables.Interface) (*proxier, error) {
	six := family == v1.IPv6Protocol
	p := &proxier{recorder: &recorder{}}
	if config.Mode == kubeproxyconfig.ProxyModeNFTables {
		table := map[bool]string{false: "ip", true: "ip6"}[six]
		p.name, p.dump = "nft-"+table, []string{"nft", "list", "table", table, "kube-proxy"}
		real, err := nftables.NewProxier(ctx, config, family, node.detectors[family], node.name, node.ips[family], events, nil, false)
		if err != nil {
			return nil, err
		}
		nft := private[knftables.Interface](real, "nftables")
		*nft = &recordingNftables{Interface: *nft, recorder: p.recorder}
		p.Provider = real
		return p, nil
	}
	p.name = map[bool]string{false: "iptables-save", true: "ip6tables-save"}[six]
	p.dump = []string{p.name}
	if ipt == nil {
		ipt = utiliptables.New(map[bool]utiliptables.Protocol{false: utiliptables.ProtocolIPv4, true: utiliptables.ProtocolIPv6}[six])
	}
	recording := &recordingIptables{Interface: ipt, recorder: p.recorder, watching: make(chan struct{})}
	real, err := iptables.NewProxier(ctx, config, family, recording, utilsysctl.New(), node.detectors[family], node.name, node.ips[family], events, nil, false)
	if err != nil {
		return nil, err
	}
	<-recording.watching
	p.Provider = real
	return p, nil
}

// sync runs a sync if kube-proxy's own loop would: the first one, one that a change has asked for, the next after one that
// failed, or one when there was none for an hour.
func (p *proxier) sync(first, full bool) {
	asked := first || full || p.recorder.failed || p.idle > proxyutil.FullSyncPeriod
	select {
	case <-*private[chan struct{}](*private[*runner.BoundedFrequencyRunner](p.Provider, "syncRunner"), "run"):
		asked = true
	default:
	}
	if !asked {
		return
	}
	if full {
		*private[bool](p.Provider, "needFullSync") = true
	}
	if !first {
		p.setClock()
	}
	p.synced, p.idle, p.recorder.failed = time.Now(), 0, false
	if first {
		p.OnServiceSynced() // the sync itself comes with the later of the two
	}
	p.OnEndpointSlicesSynced()
}

// private is a field of a proxier that its package keeps to itself.
func private[T any](proxier any, field string) *T {
	value := reflect.ValueOf(proxier).Elem().FieldByName(field)
	return (*T)(unsafe.Pointer(value.UnsafeAddr()))
}
