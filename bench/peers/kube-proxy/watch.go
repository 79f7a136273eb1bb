package main

import (
	"strings"

	v1 "k8s.io/api/core/v1"
	discovery "k8s.io/api/discovery/v1"
	"k8s.io/kubernetes/pkg/proxy/apis"
)

// watched are the objects that kube-proxy's informers hold. They leave out what cmd/kube-proxy/app asks the API server to
// leave out: an object that comes to have such a label is deleted for kube-proxy.
type watched struct {
	services map[string]*v1.Service
	slices   map[string]*discovery.EndpointSlice
}

func (w watched) apply(proxiers []*proxier, next step) {
	for _, service := range next.Services {
		_, other := service.Labels[apis.LabelServiceProxyName]
		w.setService(proxiers, service.Namespace+"/"+service.Name, service, other || service.Spec.ClusterIP == v1.ClusterIPNone)
	}
	for _, slice := range next.EndpointSlices {
		_, headless := slice.Labels[v1.IsHeadlessService]
		w.setSlice(proxiers, slice.Namespace+"/"+slice.Name, slice, headless)
	}
	for _, name := range next.Delete {
		kind, key, _ := strings.Cut(name, "/")
		if kind == "Service" {
			w.setService(proxiers, key, nil, true)
		} else {
			w.setSlice(proxiers, key, nil, true)
		}
	}
}

func (w watched) setService(proxiers []*proxier, key string, service *v1.Service, gone bool) {
	old := w.services[key]
	for _, p := range proxiers {
		switch {
		case gone && old != nil:
			p.OnServiceDelete(old)
		case gone:
		case old != nil:
			p.OnServiceUpdate(old, service)
		default:
			p.OnServiceAdd(service)
		}
	}
	if w.services[key] = service; gone {
		delete(w.services, key)
	}
}

func (w watched) setSlice(proxiers []*proxier, key string, slice *discovery.EndpointSlice, gone bool) {
	old := w.slices[key]
	for _, p := range proxiers {
		switch {
		case gone && old != nil:
			p.OnEndpointSliceDelete(old)
		case gone:
		case old != nil:
			p.OnEndpointSliceUpdate(old, slice)
		default:
			p.OnEndpointSliceAdd(slice)
		}
	}
	if w.slices[key] = slice; gone {
		delete(w.slices, key)
	}
}
