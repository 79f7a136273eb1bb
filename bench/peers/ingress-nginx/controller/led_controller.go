package controller

import (
	"os"
	"os/exec"
	"sync"

	"github.com/eapache/channels"
	k8sruntime "k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/record"
	"k8s.io/client-go/util/flowcontrol"
	ngx_config "k8s.io/ingress-nginx/internal/ingress/controller/config"
	"k8s.io/ingress-nginx/internal/ingress/controller/ingressclass"
	"k8s.io/ingress-nginx/internal/ingress/controller/store"
	ngx_template "k8s.io/ingress-nginx/internal/ingress/controller/template"
	"k8s.io/ingress-nginx/internal/ingress/metric"
	"k8s.io/ingress-nginx/internal/net/ssl"
	"k8s.io/ingress-nginx/internal/nginx"
	"k8s.io/ingress-nginx/internal/task"
	"k8s.io/ingress-nginx/pkg/apis/ingress"
	"k8s.io/ingress-nginx/pkg/tcpproxy"
)

// LedOptions are flags of the controller.
type LedOptions struct {
	ConfigMap             string `json:"configMap"`
	DefaultBackendService string `json:"defaultBackendService"`
	DefaultSSLCertificate string `json:"defaultSslCertificate"`
	TCPConfigMap          string `json:"tcpConfigMap"`
	UDPConfigMap          string `json:"udpConfigMap"`
	WatchWithoutClass     bool   `json:"watchIngressWithoutClass"`
	ClassByName           bool   `json:"ingressClassByName"`
	EnableSSLPassthrough  bool   `json:"enableSslPassthrough"`
	DisableCatchAll       bool   `json:"disableCatchAll"`
	// Nginx that tests the file; nothing is tested where it is empty.
	Nginx string `json:"nginx"`
}

// LedController is the real controller without its goroutines: it hears of writes, and syncs, when it is told to.
type LedController struct {
	controller *NGINXController
	store      *store.LedStore
	events     *channels.RingChannel
	command    *ledNginx
}

var ledTemplate ngx_template.Writer
var fakeCertificate *ingress.SSLCert

// Lead makes a controller with nothing to watch yet.
func Lead(options LedOptions, client kubernetes.Interface) (*LedController, error) {
	if ledTemplate == nil {
		read, err := ngx_template.NewTemplate(nginx.TemplatePath)
		if err != nil {
			return nil, err
		}
		ledTemplate, fakeCertificate = read, ssl.GetFakeSSLCert()
	}
	config := &Configuration{
		Client:                client,
		ConfigMapName:         options.ConfigMap,
		DefaultService:        options.DefaultBackendService,
		DefaultSSLCertificate: options.DefaultSSLCertificate,
		TCPConfigMapName:      options.TCPConfigMap,
		UDPConfigMapName:      options.UDPConfigMap,
		EnableSSLPassthrough:  options.EnableSSLPassthrough,
		DisableCatchAll:       options.DisableCatchAll,
		EnableMetrics:         true,
		MonitorMaxBatchSize:   10000,
		FakeCertificate:       fakeCertificate,
		ListenPorts:           &ngx_config.ListenPorts{HTTP: 80, HTTPS: 443, Health: 10254, Default: 8181, SSLProxy: 442},
		MaxmindEditionFiles:   &[]string{},
		DisableSyncEvents:     true,
		IngressClassConfiguration: &ingressclass.Configuration{
			Controller:         ingressclass.DefaultControllerName,
			AnnotationValue:    ingressclass.DefaultAnnotationValue,
			WatchWithoutClass:  options.WatchWithoutClass,
			IngressClassByName: options.ClassByName,
		},
	}
	led := &LedController{events: channels.NewRingChannel(1024), command: &ledNginx{program: options.Nginx}}
	led.controller = &NGINXController{
		cfg:             config,
		isIPV6Enabled:   true,
		syncRateLimiter: flowcontrol.NewFakeAlwaysRateLimiter(),
		recorder:        &record.FakeRecorder{},
		stopCh:          make(chan struct{}),
		updateCh:        led.events,
		stopLock:        &sync.Mutex{},
		// Other than the empty one, after which the first sync would sleep.
		runningConfig:   &ingress.Configuration{BackendConfigChecksum: "none"},
		Proxy:           &tcpproxy.TCPProxy{},
		metricCollector: metric.DummyCollector{},
		command:         led.command,
		t:               ledTemplate,
	}
	led.controller.store = store.New("", nil, config.ConfigMapName, config.TCPConfigMapName, config.UDPConfigMapName,
		config.DefaultSSLCertificate, 0, client, led.events, config.DisableCatchAll, false, config.IngressClassConfiguration, true)
	led.controller.syncQueue = task.NewTaskQueue(led.controller.syncIngress)
	led.store = store.Lead(led.controller.store)
	return led, nil
}

// Write tells of an object; true where the controller asks for a sync.
func (l *LedController) Write(kind string, object k8sruntime.Object) (bool, error) {
	err := l.store.Write(kind, object)
	return l.asked(), err
}

// Delete tells that an object is gone; true where the controller asks for a sync.
func (l *LedController) Delete(kind, key string) (bool, error) {
	err := l.store.Delete(kind, key)
	return l.asked(), err
}

func (l *LedController) asked() bool {
	count := l.events.Len()
	for range count {
		<-l.events.Out()
	}
	return count > 0
}

// Sync is the controller's syncIngress. It says what came of it: "unchanged", "posted", "reloaded" or "refused".
func (l *LedController) Sync() string {
	before := l.controller.runningConfig
	l.command.tests = 0
	err := l.controller.syncIngress(nil)
	switch {
	case err != nil:
		return "refused"
	case l.controller.runningConfig == before:
		return "unchanged"
	case l.command.tests > 0:
		return "reloaded"
	default:
		return "posted"
	}
}

// Running is the configuration that nginx works by.
func (l *LedController) Running() *ingress.Configuration { return l.controller.runningConfig }

// File is the text of nginx.conf.
func (l *LedController) File() (string, error) {
	text, err := os.ReadFile(cfgPath)
	return string(text), err
}

// ledNginx counts the tests of a file, and reloads nothing.
type ledNginx struct {
	program string
	tests   int
}

func (n *ledNginx) ExecCommand(...string) *exec.Cmd { return exec.Command("true") }

func (n *ledNginx) Test(file string) ([]byte, error) {
	n.tests++
	if n.program == "" {
		return nil, nil
	}
	return exec.Command(n.program, "-c", file, "-t").CombinedOutput()
}
