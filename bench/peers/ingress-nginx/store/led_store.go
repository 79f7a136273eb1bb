package store

import (
	"fmt"
	"reflect"
	"unsafe"

	k8sruntime "k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/tools/cache"
)

// LedStore is the controller's own store, led by hand: what a watch would bring is put in front of the handlers at once, on the caller's own
// time, in the place of the informers' goroutines.
type LedStore struct {
	informers map[string]cache.SharedIndexInformer
}

// Lead takes over a store that New made, before it runs.
func Lead(storer Storer) *LedStore {
	informers := storer.(*k8sStore).informers
	return &LedStore{map[string]cache.SharedIndexInformer{
		"Ingress":       informers.Ingress,
		"IngressClass":  informers.IngressClass,
		"EndpointSlice": informers.EndpointSlice,
		"Service":       informers.Service,
		"Secret":        informers.Secret,
		"ConfigMap":     informers.ConfigMap,
	}}
}

// Write stores an object and tells the handlers.
func (l *LedStore) Write(kind string, object k8sruntime.Object) error {
	informer, ok := l.informers[kind]
	if !ok {
		return fmt.Errorf("no informer of %s", kind)
	}
	before, exists, err := informer.GetStore().Get(object)
	if err != nil {
		return err
	}
	if err := informer.GetStore().Add(object); err != nil {
		return err
	}
	for _, handler := range handlersOf(informer) {
		if exists {
			handler.OnUpdate(before, object)
		} else {
			handler.OnAdd(object, false)
		}
	}
	return nil
}

// Delete takes an object away and tells the handlers; one that is not there is passed over.
func (l *LedStore) Delete(kind, key string) error {
	informer, ok := l.informers[kind]
	if !ok {
		return fmt.Errorf("no informer of %s", kind)
	}
	before, exists, err := informer.GetStore().GetByKey(key)
	if err != nil || !exists {
		return err
	}
	if err := informer.GetStore().Delete(before); err != nil {
		return err
	}
	for _, handler := range handlersOf(informer) {
		handler.OnDelete(before)
	}
	return nil
}

// handlersOf finds the handlers that New registered: sharedIndexInformer.processor.listeners, each with its handler.
func handlersOf(informer cache.SharedIndexInformer) []cache.ResourceEventHandler {
	var handlers []cache.ResourceEventHandler
	processor := readable(reflect.ValueOf(informer).Elem().FieldByName("processor")).Elem()
	for _, listener := range readable(processor.FieldByName("listeners")).MapKeys() {
		handler := readable(listener.Elem().FieldByName("handler"))
		handlers = append(handlers, handler.Interface().(cache.ResourceEventHandler))
	}
	return handlers
}

func readable(field reflect.Value) reflect.Value {
	return reflect.NewAt(field.Type(), unsafe.Pointer(field.UnsafeAddr())).Elem()
}
