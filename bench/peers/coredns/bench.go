package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"net"
	"os"
	"syscall"
	"time"

	"github.com/coredns/coredns/plugin/kubernetes"
	"github.com/coredns/coredns/plugin/kubernetes/object"
	"github.com/miekg/dns"
	api "k8s.io/api/core/v1"
)

// What bench prints: CPU time of one query to the handler of the kubernetes plugin, the message not packed.
type benchFigures struct {
	Services int     `json:"services"`
	Queries  int     `json:"queries"`
	CPUNs    float64 `json:"cpuNs"`
}

// bench asks the handler of the kubernetes plugin for the addresses of Services, in turn.
func bench(args []string) {
	f := flag.NewFlagSet("bench", flag.ExitOnError)
	services := f.Int("services", 10000, "")
	queries := f.Int("queries", 200000, "")
	_ = f.Parse(args)

	plugin := kubernetes.New([]string{"cluster.local.", "in-addr.arpa."})
	plugin.APIConn = newObjects(*services)
	requests := make([]*dns.Msg, *services)
	for i := range requests {
		requests[i] = new(dns.Msg)
		requests[i].SetQuestion(fmt.Sprintf("service-%d.default.svc.cluster.local.", i), dns.TypeA)
	}
	ctx, w := context.Background(), &discard{}
	ask := func(count int) {
		for i := range count {
			w.last = nil
			if _, err := plugin.ServeDNS(ctx, w, requests[i%*services]); err != nil {
				log.Fatal(err)
			}
			if w.last == nil || len(w.last.Answer) != 1 {
				log.Fatalf("no answer to %v", requests[i%*services].Question)
			}
		}
	}
	ask(*queries / 10)
	before := cpuTime()
	ask(*queries)
	spent := cpuTime() - before
	figures := benchFigures{*services, *queries, float64(spent.Nanoseconds()) / float64(*queries)}
	if err := json.NewEncoder(os.Stdout).Encode(figures); err != nil {
		log.Fatal(err)
	}
}

// cpuTime is that of all threads of this process.
func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		log.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// discard keeps the last message that was written.
type discard struct {
	dns.ResponseWriter
	last *dns.Msg
}

func (w *discard) WriteMsg(m *dns.Msg) error { w.last = m; return nil }
func (w *discard) RemoteAddr() net.Addr {
	return &net.UDPAddr{IP: net.IPv4(10, 244, 1, 9), Port: 40000}
}
func (w *discard) LocalAddr() net.Addr { return &net.UDPAddr{IP: net.IPv4(10, 244, 0, 2), Port: 53} }

// objects is what the plugin's informers would hold: ClusterIP Services of one port in one namespace.
type objects struct{ services map[string][]*object.Service }

func newObjects(count int) *objects {
	o := &objects{services: make(map[string][]*object.Service, count)}
	for i := range count {
		name := fmt.Sprintf("service-%d", i)
		index := object.ServiceKey(name, "default")
		o.services[index] = []*object.Service{{
			Name:       name,
			Namespace:  "default",
			Index:      index,
			Type:       api.ServiceTypeClusterIP,
			ClusterIPs: []string{fmt.Sprintf("10.96.%d.%d", i/250, i%250+1)},
			Ports:      []api.ServicePort{{Name: "http", Protocol: api.ProtocolTCP, Port: 80}},
		}}
	}
	return o
}

func (o *objects) ServiceList() []*object.Service                   { return nil }
func (o *objects) EndpointsList() []*object.Endpoints               { return nil }
func (o *objects) ServiceImportList() []*object.ServiceImport       { return nil }
func (o *objects) SvcIndex(key string) []*object.Service            { return o.services[key] }
func (o *objects) SvcIndexReverse(string) []*object.Service         { return nil }
func (o *objects) SvcExtIndexReverse(string) []*object.Service      { return nil }
func (o *objects) SvcImportIndex(string) []*object.ServiceImport    { return nil }
func (o *objects) PodIndex(string) []*object.Pod                    { return nil }
func (o *objects) EpIndex(string) []*object.Endpoints               { return nil }
func (o *objects) EpIndexReverse(string) []*object.Endpoints        { return nil }
func (o *objects) McEpIndex(string) []*object.MultiClusterEndpoints { return nil }
func (o *objects) Run()                                             {}
func (o *objects) HasSynced() bool                                  { return true }
func (o *objects) Stop() error                                      { return nil }
func (o *objects) Modified(kubernetes.ModifiedMode) int64           { return 1 }

func (o *objects) GetNodeByName(context.Context, string) (*api.Node, error) { return nil, nil }

func (o *objects) GetNamespaceByName(name string) (*object.Namespace, error) {
	return &object.Namespace{Name: name}, nil
}
