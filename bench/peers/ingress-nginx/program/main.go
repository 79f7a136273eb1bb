// The real ingress-nginx controller, without a cluster and without nginx: cases come on standard input, one a line, and what it made of each
// write goes out, one line for a case.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"

	apiv1 "k8s.io/api/core/v1"
	discovery "k8s.io/api/discovery/v1"
	networking "k8s.io/api/networking/v1"
	k8sruntime "k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/ingress-nginx/internal/ingress/controller"
	"k8s.io/ingress-nginx/internal/nginx"
	"k8s.io/ingress-nginx/pkg/apis/ingress"
	"k8s.io/klog/v2"
)

// A case: how the controller is started, and what it hears of.
type ledCase struct {
	Options controller.LedOptions `json:"options"`
	Steps   []step                `json:"steps"`
	// Whether the text of nginx.conf is answered, too.
	File bool `json:"file"`
}

// What happens before one sync, which comes only where the controller asks for it.
type step struct {
	Changes []change `json:"changes"`
}

// An object, or the kind and key of one that is gone: `Ingress shop/web`.
type change struct {
	Put     json.RawMessage `json:"put"`
	Deleted string          `json:"deleted"`
}

type answer struct {
	// Of each change, whether the controller asked for a sync.
	Asked   []bool   `json:"asked"`
	Outcome string   `json:"outcome,omitempty"`
	Log     []string `json:"log"`
	// What runs after a sync that changed it; posts only where there was one.
	Servers      []server          `json:"servers,omitempty"`
	Backends     json.RawMessage   `json:"backends,omitempty"`
	Certificates map[string]string `json:"certificates,omitempty"`
	File         string            `json:"file,omitempty"`
	// Why the controller died.
	Problem string `json:"problem,omitempty"`
}

// A server without the text of its certificate.
type server struct {
	ingress.Server
	SSLCert   *certificate `json:"sslCert"`
	Locations []location   `json:"locations"`
}

type certificate struct {
	Secret string   `json:"secret"`
	Names  []string `json:"names"`
	UID    string   `json:"uid"`
}

// A location with names in the place of objects.
type location struct {
	ingress.Location
	Ingress string `json:"ingress"`
	Service string `json:"service"`
}

func main() {
	log.SetOutput(os.Stderr)
	lines := keepLog()
	posts := takePosts()
	in, out := bufio.NewReaderSize(os.Stdin, 1<<20), bufio.NewWriter(os.Stdout)
	for {
		line, err := in.ReadBytes('\n')
		if len(bytes.TrimSpace(line)) > 0 {
			var one ledCase
			if err := json.Unmarshal(line, &one); err != nil {
				log.Fatal(err)
			}
			if err := json.NewEncoder(out).Encode(live(one, lines, posts)); err != nil {
				log.Fatal(err)
			}
			out.Flush()
		}
		if err == io.EOF {
			return
		} else if err != nil {
			log.Fatal(err)
		}
	}
}

func live(one ledCase, lines *entries, posts map[string]json.RawMessage) []answer {
	clear(posts)
	led, err := controller.Lead(one.Options, fake.NewSimpleClientset())
	if err != nil {
		log.Fatal(err)
	}
	lines.take()
	answers := []answer{}
	for _, each := range one.Steps {
		said := take(led, each, one.File, lines, posts)
		answers = append(answers, said)
		if said.Problem != "" {
			break
		}
	}
	return answers
}

func take(led *controller.LedController, each step, withFile bool, lines *entries, posts map[string]json.RawMessage) (said answer) {
	defer func() {
		if reason := recover(); reason != nil {
			said.Problem = fmt.Sprint("panic: ", reason)
			said.Log = lines.take()
		}
	}()
	for _, one := range each.Changes {
		asked, err := hear(led, one)
		if err != nil {
			log.Fatal(err)
		}
		said.Asked = append(said.Asked, asked)
	}
	if slices.Contains(said.Asked, true) {
		said.Outcome = led.Sync()
		if said.Outcome == "posted" || said.Outcome == "reloaded" {
			show(led, &said, withFile, posts)
		}
	}
	said.Log = lines.take()
	return said
}

func hear(led *controller.LedController, each change) (bool, error) {
	if kind, key, isDeleted := strings.Cut(each.Deleted, " "); isDeleted {
		return led.Delete(kind, key)
	}
	var kind struct{ Kind string }
	if err := json.Unmarshal(each.Put, &kind); err != nil {
		return false, err
	}
	object := map[string]func() k8sruntime.Object{
		"Ingress":       func() k8sruntime.Object { return &networking.Ingress{} },
		"IngressClass":  func() k8sruntime.Object { return &networking.IngressClass{} },
		"EndpointSlice": func() k8sruntime.Object { return &discovery.EndpointSlice{} },
		"Service":       func() k8sruntime.Object { return &apiv1.Service{} },
		"Secret":        func() k8sruntime.Object { return &apiv1.Secret{} },
		"ConfigMap":     func() k8sruntime.Object { return &apiv1.ConfigMap{} },
	}[kind.Kind]()
	if err := json.Unmarshal(each.Put, object); err != nil {
		return false, err
	}
	return led.Write(kind.Kind, object)
}

func show(led *controller.LedController, said *answer, withFile bool, posts map[string]json.RawMessage) {
	for _, each := range led.Running().Servers {
		said.Servers = append(said.Servers, serverOf(each))
	}
	said.Backends = posts["/configuration/backends"]
	var posted struct{ Servers map[string]string }
	if text, ok := posts["/configuration/servers"]; ok {
		if err := json.Unmarshal(text, &posted); err != nil {
			log.Fatal(err)
		}
		said.Certificates = posted.Servers
	}
	clear(posts)
	if withFile {
		text, err := led.File()
		if err != nil {
			log.Fatal(err)
		}
		said.File = text
	}
}

func serverOf(each *ingress.Server) server {
	shown := server{Server: *each, Locations: []location{}}
	if cert := each.SSLCert; cert != nil {
		shown.SSLCert = &certificate{cert.Namespace + "/" + cert.Name, cert.CN, cert.UID}
	}
	for _, one := range each.Locations {
		place := location{Location: *one}
		if one.Ingress != nil {
			place.Ingress = one.Ingress.Namespace + "/" + one.Ingress.Name
		}
		if one.Service != nil && one.Service.Name != "" {
			place.Service = one.Service.Namespace + "/" + one.Service.Name
		}
		shown.Locations = append(shown.Locations, place)
	}
	return shown
}

// takePosts stands where nginx's Lua does: it keeps the last of what is posted to each path.
func takePosts() map[string]json.RawMessage {
	posts := map[string]json.RawMessage{}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	nginx.StatusPort = listener.Addr().(*net.TCPAddr).Port
	stream, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	nginx.StreamPort = stream.Addr().(*net.TCPAddr).Port
	go func() {
		for {
			connection, err := stream.Accept()
			if err != nil {
				return
			}
			go func() {
				_, _ = io.Copy(io.Discard, connection)
				connection.Close()
			}()
		}
	}()
	go func() {
		_ = http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			posts[r.URL.Path] = body
			w.WriteHeader(http.StatusCreated)
		}))
	}()
	return posts
}

// What was logged at the level of a warning or an error.
type entries struct{ kept []string }

func (e *entries) Write(entry []byte) (int, error) {
	e.kept = append(e.kept, string(entry))
	return len(entry), nil
}

func (e *entries) take() []string {
	taken := e.kept
	e.kept = nil
	if taken == nil {
		return []string{}
	}
	return taken
}

func keepLog() *entries {
	lines := &entries{}
	flags := flag.NewFlagSet("", flag.PanicOnError)
	klog.InitFlags(flags)
	_ = flags.Set("stderrthreshold", "FATAL")
	klog.LogToStderr(false)
	klog.SetOutputBySeverity("INFO", io.Discard)
	klog.SetOutputBySeverity("WARNING", lines)
	klog.SetOutputBySeverity("ERROR", io.Discard)
	klog.SetOutputBySeverity("FATAL", os.Stderr)
	return lines
}
