// Command kube-proxy-peer runs the real kube-proxy's proxiers on objects given as JSON, so that what another program
// writes can be compared with what they write, and its speed with theirs. Linux only; `rules` needs root, iptables, nft
// and iproute2. What goes in and out is in case.go.
//
//	kube-proxy-peer rules < cases.jsonl > answers.jsonl
//	kube-proxy-peer bench -mode iptables -services 10000 -endpoints 10 -runs 5
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

func main() {
	if len(os.Args) < 2 {
		usage()
	}
	switch os.Args[1] {
	case "rules":
		answerAll()
	case "one":
		answerOne()
	case "bench":
		bench(os.Args[2:])
	default:
		usage()
	}
}

func usage() {
	fmt.Fprintln(os.Stderr, "usage: kube-proxy-peer rules < cases.jsonl | kube-proxy-peer bench [-mode M] [-services N] [-endpoints N] [-runs N]")
	os.Exit(2)
}

// answerAll gives every case a process in a network namespace of its own.
func answerAll() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	for {
		line, err := in.ReadBytes('\n')
		if line = bytes.TrimSpace(line); len(line) > 0 {
			os.Stdout.Write(answerApart(line))
		}
		if err != nil {
			return
		}
	}
}

func answerApart(line []byte) []byte {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	child := exec.CommandContext(ctx, "/proc/self/exe", "one")
	child.Stdin = bytes.NewReader(line)
	child.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	var stderr bytes.Buffer
	child.Stderr = &stderr
	out, err := child.Output()
	if err == nil {
		return out
	}
	var one struct{ ID string }
	_ = json.Unmarshal(line, &one)
	out, _ = json.Marshal(answer{ID: one.ID, Error: fmt.Sprintf("%v: %s", err, lastLine(stderr.String()))})
	return append(out, '\n')
}

func answerOne() {
	var c testCase
	if err := json.NewDecoder(os.Stdin).Decode(&c); err != nil {
		fail(err)
	}
	steps, err := runCase(&c)
	if err != nil {
		fail(err)
	}
	_ = json.NewEncoder(os.Stdout).Encode(answer{ID: c.ID, Steps: steps})
	os.Exit(0)
}

func run(name string, args ...string) (string, error) {
	command := exec.Command(name, args...)
	var stderr bytes.Buffer
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %v: %s", name, strings.Join(args, " "), err, lastLine(stderr.String()))
	}
	return string(out), nil
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
