package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"sort"
	"syscall"
	"time"

	v1 "k8s.io/api/core/v1"
	discovery "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/tools/events"
	"k8s.io/klog/v2"
	utiliptables "k8s.io/kubernetes/pkg/util/iptables"
	iptablestest "k8s.io/kubernetes/pkg/util/iptables/testing"
	"sigs.k8s.io/knftables"
)

// What bench prints: CPU time of each run sorted, and the size of what was fed to iptables-restore or nft.
type benchFigures struct {
	Mode         string    `json:"mode"`
	Services     int       `json:"services"`
	Endpoints    int       `json:"endpoints"`
	FullCPUMs    []float64 `json:"fullCpuMs"`
	FullBytes    int       `json:"fullBytes"`
	PartialCPUMs []float64 `json:"partialCpuMs"`
	PartialBytes int       `json:"partialBytes"`
}

// bench measures one full sync and the sync after one endpoint changed, without the tool that takes the text.
func bench(args []string) {
	f := flag.NewFlagSet("bench", flag.ExitOnError)
	mode := f.String("mode", "iptables", "iptables or nftables")
	services := f.Int("services", 10000, "")
	endpoints := f.Int("endpoints", 10, "endpoints of each Service")
	runs := f.Int("runs", 5, "")
	_ = f.Parse(args)
	klog.LogToStderr(false)
	klog.SetOutput(io.Discard)

	figures := benchFigures{Mode: *mode, Services: *services, Endpoints: *endpoints}
	for range *runs {
		p, err := quietProxier(*mode)
		if err != nil {
			fail(err)
		}
		var last *discovery.EndpointSlice
		for i := range *services {
			service, slice := benchObjects(i, *endpoints)
			p.OnServiceAdd(service)
			p.OnEndpointSliceAdd(slice)
			last = slice
		}
		p.OnServiceSynced()
		figures.FullCPUMs = append(figures.FullCPUMs, cpuMs(p.OnEndpointSlicesSynced))
		figures.FullBytes = size(p.recorder.take())
		changed := last.DeepCopy()
		changed.Endpoints[0].Addresses[0] = "10.254.0.1"
		figures.PartialCPUMs = append(figures.PartialCPUMs, cpuMs(func() {
			p.OnEndpointSliceUpdate(last, changed)
			p.OnEndpointSlicesSynced()
		}))
		figures.PartialBytes = size(p.recorder.take())
	}
	sort.Float64s(figures.FullCPUMs)
	sort.Float64s(figures.PartialCPUMs)
	_ = json.NewEncoder(os.Stdout).Encode(figures)
}

func quietProxier(mode string) (*proxier, error) {
	text := `{"apiVersion":"kubeproxy.config.k8s.io/v1alpha1","kind":"KubeProxyConfiguration","clusterCIDR":"10.244.0.0/16","mode":%q,"iptables":{"localhostNodePorts":false}}`
	config, err := readConfig(fmt.Appendf(nil, text, mode))
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	node := &v1.Node{ObjectMeta: metav1.ObjectMeta{Name: "node1"}}
	node.Status.Addresses = []v1.NodeAddress{{Type: v1.NodeInternalIP, Address: "192.168.0.2"}}
	host, err := newHostNode(ctx, node, config)
	if err != nil {
		return nil, err
	}
	p, err := newProxier(ctx, config, host, v1.IPv4Protocol, events.NewFakeRecorder(100000), &quietIptables{FakeIPTables: iptablestest.NewFake()})
	if err == nil && mode == "nftables" {
		fake := knftables.NewFake(knftables.IPv4Family, "kube-proxy")
		*private[knftables.Interface](p.Provider, "nftables") = &recordingNftables{Interface: &quietNftables{Fake: fake}, recorder: p.recorder}
	}
	return p, err
}

// quietIptables is upstream's own fake with a restore that does nothing: the cost left is kube-proxy's.
type quietIptables struct {
	*iptablestest.FakeIPTables
}

func (*quietIptables) RestoreAll([]byte, utiliptables.FlushFlag, utiliptables.RestoreCountersFlag) error {
	return nil
}

func (*quietIptables) ChainExists(utiliptables.Table, utiliptables.Chain) (bool, error) {
	return true, nil
}

// quietNftables likewise.
type quietNftables struct {
	*knftables.Fake
}

func (*quietNftables) Run(context.Context, *knftables.Transaction) error { return nil }

func (*quietNftables) ListElements(context.Context, string, string) ([]*knftables.Element, error) {
	return nil, nil
}

func (*quietNftables) List(context.Context, string) ([]string, error) { return nil, nil }

func benchObjects(i, endpoints int) (*v1.Service, *discovery.EndpointSlice) {
	name, unnamed, port, tcp := fmt.Sprintf("svc%d", i), "", int32(8080), v1.ProtocolTCP
	address := net.IPv4(10, byte(96+i>>16), byte(i>>8), byte(i)).String()
	service := &v1.Service{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name}}
	service.Spec = v1.ServiceSpec{
		Type: v1.ServiceTypeClusterIP, ClusterIP: address, ClusterIPs: []string{address}, IPFamilies: []v1.IPFamily{v1.IPv4Protocol},
		Ports: []v1.ServicePort{{Port: 80, Protocol: tcp, TargetPort: intstr.FromInt32(port)}},
	}
	labels := map[string]string{discovery.LabelServiceName: name}
	slice := &discovery.EndpointSlice{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name + "-1", Labels: labels}}
	slice.AddressType = discovery.AddressTypeIPv4
	slice.Ports = []discovery.EndpointPort{{Name: &unnamed, Port: &port, Protocol: &tcp}}
	for j := range endpoints {
		n := i*endpoints + j
		pod := net.IPv4(10, byte(128+n>>16), byte(n>>8), byte(n)).String()
		slice.Endpoints = append(slice.Endpoints, discovery.Endpoint{Addresses: []string{pod}})
	}
	return service, slice
}

func size(texts []string) int {
	total := 0
	for _, text := range texts {
		total += len(text)
	}
	return total
}

// cpuMs is the user and system time in ms that this process, its garbage collector included, spends in f.
func cpuMs(f func()) float64 {
	spent := func() time.Duration {
		var usage syscall.Rusage
		_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
		return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	}
	before := spent()
	f()
	return float64((spent() - before).Microseconds()) / 1e3
}
