package main

import (
	"encoding/json"
	"io"
	"log"
	"slices"
	"strings"

	"github.com/miekg/dns"
)

// A question on standard input, one a line. Of type AXFR it is answered by all records of the zone.
type question struct {
	Server string `json:"server"`
	Name   string `json:"name"`
	Type   string `json:"type"`
	// Over UDP, in 512 bytes.
	UDP bool `json:"udp"`
}

// Its answer, one a line: records as in a zone file, with single spaces, sorted.
type answer struct {
	Rcode      string   `json:"rcode"`
	Truncated  bool     `json:"truncated"`
	Answer     []string `json:"answer"`
	Authority  []string `json:"authority"`
	Additional []string `json:"additional"`
}

func ask(questions io.Reader, answers io.Writer) {
	in, out := json.NewDecoder(questions), json.NewEncoder(answers)
	for {
		var one question
		if err := in.Decode(&one); err == io.EOF {
			return
		} else if err != nil {
			log.Fatal(err)
		}
		if err := out.Encode(answerTo(one)); err != nil {
			log.Fatal(err)
		}
	}
}

func answerTo(one question) answer {
	message := new(dns.Msg).SetQuestion(dns.Fqdn(one.Name), dns.StringToType[one.Type])
	if one.Type == "AXFR" {
		return zoneOf(one, message)
	}
	client := dns.Client{Net: "tcp"}
	if one.UDP {
		client.Net = "udp"
	}
	reply, _, err := client.Exchange(message, one.Server)
	if err != nil {
		return failed(err)
	}
	return answer{dns.RcodeToString[reply.Rcode], reply.Truncated, texts(reply.Answer), texts(reply.Ns), texts(reply.Extra)}
}

func zoneOf(one question, message *dns.Msg) answer {
	envelopes, err := new(dns.Transfer).In(message, one.Server)
	if err != nil {
		return failed(err)
	}
	var records []dns.RR
	for envelope := range envelopes {
		if envelope.Error != nil {
			return failed(envelope.Error)
		}
		records = append(records, envelope.RR...)
	}
	return answer{Rcode: "NOERROR", Answer: texts(records), Authority: []string{}, Additional: []string{}}
}

func texts(records []dns.RR) []string {
	written := []string{}
	for _, record := range records {
		written = append(written, strings.Join(strings.Fields(record.String()), " "))
	}
	slices.Sort(written)
	return written
}

// What went wrong stands in place of the code.
func failed(err error) answer {
	return answer{Rcode: err.Error(), Answer: []string{}, Authority: []string{}, Additional: []string{}}
}
