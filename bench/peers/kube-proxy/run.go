package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"time"

	v1 "k8s.io/api/core/v1"
	discovery "k8s.io/api/discovery/v1"
	"k8s.io/client-go/tools/events"
	"k8s.io/klog/v2"
)

// families in the order in which a dual-stack kube-proxy has them; on Linux it serves both whatever the node has.
var families = []v1.IPFamily{v1.IPv4Protocol, v1.IPv6Protocol}

func runCase(c *testCase) ([]result, error) {
	klog.LogToStderr(false)
	klog.SetOutput(io.Discard)
	if err := makeHost(c.Addresses); err != nil {
		return nil, err
	}
	ctx := context.Background()
	recorder := events.NewFakeRecorder(100000)
	config, err := readConfig(c.Config)
	if err != nil {
		return nil, err
	}
	node, err := newHostNode(ctx, c.Node, config)
	if err != nil {
		return nil, err
	}
	var proxiers []*proxier
	for _, family := range families {
		p, err := newProxier(ctx, config, node, family, recorder, nil)
		if err != nil {
			return nil, err
		}
		proxiers = append(proxiers, p)
	}

	seen := watched{services: map[string]*v1.Service{}, slices: map[string]*discovery.EndpointSlice{}}
	labels := topologyLabels(c.Node.Labels)
	var results []result
	for index, next := range append([]step{c.step}, c.Steps...) {
		for _, p := range proxiers {
			p.idle += time.Duration(next.Elapsed * float64(time.Second))
			p.recorder.refuseOnce(next.Refuse)
		}
		changed := labels
		if next.NodeLabels != nil {
			changed = topologyLabels(*next.NodeLabels)
		}
		if index == 0 && len(labels) > 0 || !maps.Equal(labels, changed) {
			labels = changed
			for _, p := range proxiers {
				p.OnTopologyChange(labels)
			}
		}
		if next.ServiceCIDRs != nil {
			for _, p := range proxiers {
				p.OnServiceCIDRsChanged(next.ServiceCIDRs)
			}
		}
		seen.apply(proxiers, next)
		for _, p := range proxiers {
			p.sync(index == 0, next.Full)
		}
		one, err := resultOf(proxiers, recorder)
		if err != nil {
			return nil, fmt.Errorf("step %d: %w", index, err)
		}
		results = append(results, one)
	}
	return results, nil
}

// makeHost gives the namespace a loopback and one device with the host's addresses.
func makeHost(addresses []string) error {
	commands := [][]string{{"link", "set", "lo", "up"}, {"link", "add", "eth0", "type", "bridge"}}
	for _, address := range addresses {
		commands = append(commands, []string{"addr", "add", address, "dev", "eth0", "nodad"})
	}
	commands = append(commands, []string{"link", "set", "eth0", "up"})
	for _, command := range commands {
		if _, err := run("ip", command...); err != nil {
			return err
		}
	}
	return nil
}

func resultOf(proxiers []*proxier, recorder *events.FakeRecorder) (result, error) {
	one := result{Dumps: map[string]string{}, Inputs: map[string][]string{}}
	for _, p := range proxiers {
		text, err := run(p.dump[0], p.dump[1:]...)
		if err != nil {
			return one, err
		}
		one.Dumps[p.name] = text
		one.Inputs[p.name] = p.recorder.take()
	}
	for {
		select {
		case event := <-recorder.Events:
			one.Events = append(one.Events, event)
		default:
			return one, nil
		}
	}
}

// topologyLabels are those of a Node's labels that reach the proxiers (pkg/proxy/config, NodeTopologyConfig).
func topologyLabels(labels map[string]string) map[string]string {
	zone, ok := labels[v1.LabelTopologyZone]
	if !ok {
		return map[string]string{}
	}
	return map[string]string{v1.LabelTopologyZone: zone}
}
