/*
 * Sends first packets of UDP flows to each of some addresses in turn, and prints what they cost.
 *
 *   sender PACKETS BATCHES ADDRESS...
 *
 * The first line says by which clock. Then one line a batch, one number an address: nanoseconds a packet, of this thread's CPU
 * time: the kernel does all its work on a packet that goes out within the call that sends it, so that is what the call took, less
 * what other processes got. Where that clock only counts ticks (user-mode Linux) it is the time that passed.
 * Every packet is a flow of its own: no two have the same source. A first batch, which warms the caches, is not printed.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { payload = 32, at_once = 50, ports = 60000, first_port = 1024, service_port = 53, coarse_ns = 100000 };

struct packet {
	struct iphdr ip;
	struct udphdr udp;
	char data[payload];
} __attribute__((packed));

static uint32_t flows;

/* A Pod's address that no endpoint has. */
static void fill(struct packet *packet, in_addr_t destination)
{
	uint32_t source = (10u << 24) + (244u << 16) + (200u << 8) + 1 + flows / ports;

	memset(packet, 0, sizeof(*packet));
	packet->ip.version = 4;
	packet->ip.ihl = 5;
	packet->ip.ttl = 64;
	packet->ip.protocol = IPPROTO_UDP;
	packet->ip.tot_len = htons(sizeof(*packet));
	packet->ip.saddr = htonl(source);
	packet->ip.daddr = destination;
	packet->udp.source = htons(first_port + flows % ports);
	packet->udp.dest = htons(service_port);
	packet->udp.len = htons(sizeof(packet->udp) + payload);
	flows++;
}

static double now_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * 1e9 + now.tv_nsec;
}

static clockid_t finest_clock(void)
{
	double begun = now_ns(CLOCK_THREAD_CPUTIME_ID), after;

	do
		after = now_ns(CLOCK_THREAD_CPUTIME_ID);
	while (after == begun);
	return after - begun < coarse_ns ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC;
}

static void send_all(int to, struct mmsghdr *messages, int count)
{
	for (int sent = 0; sent < count;) {
		int most = count - sent < at_once ? count - sent : at_once;
		int now = sendmmsg(to, messages + sent, most, 0);

		if (now <= 0) {
			perror("sendmmsg");
			exit(1);
		}
		sent += now;
	}
}

int main(int argc, char **argv)
{
	int count = argc > 3 ? atoi(argv[1]) : 0, batches = argc > 3 ? atoi(argv[2]) : 0, targets = argc - 3;
	int to = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);

	if (count < 1 || batches < 1 || to < 0) {
		fprintf(stderr, "sender: %s\n", to < 0 ? "no raw socket" : "usage: sender PACKETS BATCHES ADDRESS...");
		return 1;
	}
	struct packet *packets = calloc(count, sizeof(*packets));
	struct iovec *parts = calloc(count, sizeof(*parts));
	struct mmsghdr *messages = calloc(count, sizeof(*messages));
	struct sockaddr_in destination = { .sin_family = AF_INET };

	clockid_t clock = finest_clock();

	printf("%s\n", clock == CLOCK_MONOTONIC ? "elapsed" : "cpu");
	for (int i = 0; i < count; i++) {
		parts[i] = (struct iovec){ &packets[i], sizeof(*packets) };
		messages[i].msg_hdr = (struct msghdr){ .msg_name = &destination, .msg_namelen = sizeof(destination),
						       .msg_iov = &parts[i], .msg_iovlen = 1 };
	}
	for (int batch = -1; batch < batches; batch++) {
		for (int target = 0; target < targets; target++) {
			destination.sin_addr.s_addr = inet_addr(argv[3 + target]);
			for (int i = 0; i < count; i++)
				fill(&packets[i], destination.sin_addr.s_addr);
			double begun = now_ns(clock);
			send_all(to, messages, count);
			if (batch >= 0)
				printf("%.1f%c", (now_ns(clock) - begun) / count, target == targets - 1 ? '\n' : ' ');
		}
	}
	return 0;
}
