package main

import (
	"context"
	"fmt"
	"net"
	"os"
	_ "unsafe" // for go:linkname

	v1 "k8s.io/api/core/v1"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/cmd/kube-proxy/app"
	kubeproxyconfig "k8s.io/kubernetes/pkg/proxy/apis/config"
	"k8s.io/kubernetes/pkg/proxy/apis/config/scheme"
	"k8s.io/kubernetes/pkg/proxy/apis/config/validation"
	proxyutil "k8s.io/kubernetes/pkg/proxy/util"
	utilnode "k8s.io/kubernetes/pkg/util/node"
)

// What kube-proxy's command does between reading its configuration and making the proxiers, in its own functions.

//go:linkname platformApplyDefaults k8s.io/kubernetes/cmd/kube-proxy/app.(*Options).platformApplyDefaults
func platformApplyDefaults(options *app.Options, config *kubeproxyconfig.KubeProxyConfiguration)

//go:linkname detectNodeIPs k8s.io/kubernetes/cmd/kube-proxy/app.detectNodeIPs
func detectNodeIPs(ctx context.Context, rawNodeIPs []net.IP, bindAddress string) (v1.IPFamily, map[v1.IPFamily]net.IP)

//go:linkname expandNodePortAddressKeywords k8s.io/kubernetes/cmd/kube-proxy/app.expandNodePortAddressKeywords
func expandNodePortAddressKeywords(nodePortAddresses []string, nodeIPs map[v1.IPFamily]net.IP) []string

//go:linkname getLocalDetectors k8s.io/kubernetes/cmd/kube-proxy/app.getLocalDetectors
func getLocalDetectors(logger klog.Logger, primary v1.IPFamily, config *kubeproxyconfig.KubeProxyConfiguration, podCIDRs []string) map[v1.IPFamily]proxyutil.LocalTrafficDetector

// readConfig reads, defaults and validates a configuration.
func readConfig(text []byte) (*kubeproxyconfig.KubeProxyConfiguration, error) {
	object, kind, err := scheme.Codecs.UniversalDecoder().Decode(text, nil, nil)
	if err != nil {
		return nil, err
	}
	config, ok := object.(*kubeproxyconfig.KubeProxyConfiguration)
	if !ok {
		return nil, fmt.Errorf("no configuration of kube-proxy: %v", kind)
	}
	if err := utilfeature.DefaultMutableFeatureGate.SetFromMap(config.FeatureGates); err != nil {
		return nil, err
	}
	platformApplyDefaults(app.NewOptions(), config)
	if errs := validation.Validate(config); len(errs) > 0 {
		return nil, errs.ToAggregate()
	}
	return config, nil
}

// A hostNode is what kube-proxy has found out about the Node it runs on.
type hostNode struct {
	name      string
	ips       map[v1.IPFamily]net.IP
	detectors map[v1.IPFamily]proxyutil.LocalTrafficDetector
}

// newHostNode also does what a start does to the host: the expanded node port addresses and the conntrack sysctl.
func newHostNode(ctx context.Context, node *v1.Node, config *kubeproxyconfig.KubeProxyConfiguration) (*hostNode, error) {
	raw, _ := utilnode.GetNodeHostIPs(node) // none: kube-proxy goes on with loopback
	primary, ips := detectNodeIPs(ctx, raw, config.BindAddress)
	config.NodePortAddresses = expandNodePortAddressKeywords(config.NodePortAddresses, ips)
	if config.Linux.Conntrack.TCPBeLiberal {
		if err := os.WriteFile("/proc/sys/net/netfilter/nf_conntrack_tcp_be_liberal", []byte("1"), 0o644); err != nil {
			return nil, err
		}
	}
	detectors := getLocalDetectors(klog.FromContext(ctx), primary, config, node.Spec.PodCIDRs)
	return &hostNode{name: node.Name, ips: ips, detectors: detectors}, nil
}
