package main

import (
	"encoding/json"

	v1 "k8s.io/api/core/v1"
	discovery "k8s.io/api/discovery/v1"
)

// A testCase is one line of input: a kube-proxy that starts on a host and then sees changes.
type testCase struct {
	ID string `json:"id"`
	// A KubeProxyConfiguration of kubeproxy.config.k8s.io/v1alpha1; its mode says which proxier runs.
	Config json.RawMessage `json:"config"`
	// The Node that kube-proxy runs on: its name, labels, addresses and podCIDRs are read.
	Node *v1.Node `json:"node"`
	// The addresses of the host's eth0, with prefix length.
	Addresses []string `json:"addresses"`
	// The objects at the start.
	step
	// What happens afterwards; each step ends with a sync where kube-proxy would sync.
	Steps []step `json:"steps"`
}

type step struct {
	Services       []*v1.Service              `json:"services"`
	EndpointSlices []*discovery.EndpointSlice `json:"endpointSlices"`
	// "Service/namespace/name" or "EndpointSlice/namespace/name".
	Delete []string `json:"delete"`
	// The CIDRs of all ServiceCIDRs, where they changed.
	ServiceCIDRs []string `json:"serviceCIDRs"`
	// The Node's labels, where they changed.
	NodeLabels *map[string]string `json:"nodeLabels"`
	// Seconds that pass before this step.
	Elapsed float64 `json:"elapsed"`
	// Write everything, as after a failed sync or a flush of the tables.
	Full bool `json:"full"`
	// The first write of each family fails in this step.
	Refuse bool `json:"refuse"`
}

// An answer is one line of output.
type answer struct {
	ID    string   `json:"id"`
	Error string   `json:"error,omitempty"`
	Steps []result `json:"steps"` // after the objects at the start, then after each step
}

type result struct {
	// By name: iptables-save and ip6tables-save, or nft-ip and nft-ip6 (`nft list table`), as the tools print them.
	Dumps map[string]string `json:"dumps"`
	// All that was fed to iptables-restore or `nft -f` in this step, in order, by the names of the dumps.
	Inputs map[string][]string `json:"inputs"`
	// Events as "Type Reason note".
	Events []string `json:"events,omitempty"`
}
