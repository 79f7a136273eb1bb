/*
 * Preloaded into user-mode Linux: lets it run on a processor whose extended state is larger than it knows.
 *
 * It reads a process's floating point state into a buffer of a fixed size and writes that buffer back. The host accepts
 * only writes of its own full size, so here the full state is read, UML gets the part it has room for, and a write puts
 * that part over the full state that was read last from the same process.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <elf.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/uio.h>

enum { largest = 65536, slots = 4096 };

struct full_state {
	pid_t pid;
	size_t size;
	char *bytes;
};

static struct full_state states[slots];

typedef long (*ptrace_call)(enum __ptrace_request, pid_t, void *, void *);

static long real_ptrace(enum __ptrace_request request, pid_t pid, void *address, void *data)
{
	static ptrace_call next;
	if (!next)
		next = (ptrace_call)dlsym(RTLD_NEXT, "ptrace");
	return next(request, pid, address, data);
}

/* Processes come and go, their numbers are below 2^22: a slot is taken over by whoever comes last. */
static struct full_state *state_of(pid_t pid)
{
	struct full_state *state = &states[(unsigned)pid % slots];
	if (!state->bytes && !(state->bytes = malloc(largest)))
		abort();
	if (state->pid != pid) {
		struct iovec all = { state->bytes, largest };
		if (real_ptrace(PTRACE_GETREGSET, pid, (void *)NT_X86_XSTATE, &all))
			return NULL;
		state->pid = pid;
		state->size = all.iov_len;
	}
	return state;
}

static long read_state(pid_t pid, struct iovec *part)
{
	struct full_state *state;
	states[(unsigned)pid % slots].pid = 0;
	if (!(state = state_of(pid)))
		return -1;
	if (part->iov_len > state->size)
		part->iov_len = state->size;
	memcpy(part->iov_base, state->bytes, part->iov_len);
	return 0;
}

static long write_state(pid_t pid, struct iovec *part)
{
	struct full_state *state = state_of(pid);
	struct iovec all;
	if (!state)
		return -1;
	memcpy(state->bytes, part->iov_base, part->iov_len < state->size ? part->iov_len : state->size);
	all = (struct iovec){ state->bytes, state->size };
	return real_ptrace(PTRACE_SETREGSET, pid, (void *)NT_X86_XSTATE, &all);
}

long ptrace(enum __ptrace_request request, ...)
{
	va_list arguments;
	va_start(arguments, request);
	pid_t pid = va_arg(arguments, pid_t);
	void *address = va_arg(arguments, void *);
	void *data = va_arg(arguments, void *);
	va_end(arguments);
	if (address == (void *)NT_X86_XSTATE && request == PTRACE_GETREGSET)
		return read_state(pid, data);
	if (address == (void *)NT_X86_XSTATE && request == PTRACE_SETREGSET)
		return write_state(pid, data);
	return real_ptrace(request, pid, address, data);
}
