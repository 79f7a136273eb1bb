// The real CoreDNS with the plugins that answer for a cluster; as `coredns-peer ask`, a client that
// asks it; as `coredns-peer bench`, what a query costs its kubernetes plugin.
package main

import (
	"os"

	"github.com/coredns/coredns/coremain"
	_ "github.com/coredns/coredns/plugin/bind"
	_ "github.com/coredns/coredns/plugin/errors"
	_ "github.com/coredns/coredns/plugin/kubernetes"
	_ "github.com/coredns/coredns/plugin/ready"
	_ "github.com/coredns/coredns/plugin/transfer"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "ask" {
		ask(os.Stdin, os.Stdout)
		return
	}
	if len(os.Args) > 1 && os.Args[1] == "bench" {
		bench(os.Args[2:])
		return
	}
	coremain.Run()
}
