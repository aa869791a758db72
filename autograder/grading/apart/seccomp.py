"""The filter of system calls that a student's process runs under, compiled outside of the sandbox by libseccomp."""

from __future__ import annotations

import errno
import tempfile

UNIX_SOCKETS = 1
NEW_USER_SPACE = 0x10000000

# what computing never needs, what attacks on kernels are made of, and memory that no limit counts
REFUSED = """
acct add_key adjtimex bpf chroot clock_adjtime clock_settime delete_module fanotify_init finit_module fsconfig
fsmount fsopen fspick init_module io_uring_enter io_uring_register io_uring_setup ioperm iopl kcmp kexec_file_load
kexec_load keyctl lookup_dcookie memfd_create memfd_secret mount mount_setattr move_mount move_pages msgget
name_to_handle_at nfsservctl
open_by_handle_at open_tree perf_event_open personality pidfd_getfd pivot_root process_madvise process_vm_readv
process_vm_writev ptrace quotactl quotactl_fd reboot request_key semget sethostname setdomainname setns
settimeofday shmget swapoff swapon syslog umount umount2 unshare userfaultfd vhangup vmsplice
""".split()  # noqa: SIM905


def compiled() -> bytes:
    """The filter as the kernel takes it; empty where libseccomp is missing."""
    try:
        import pyseccomp
    except (ImportError, OSError, RuntimeError):
        return b""
    refuse = pyseccomp.ERRNO(errno.EPERM)
    program = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    for name in REFUSED:
        try:
            program.add_rule(refuse, name)
        except (ValueError, OSError, RuntimeError):
            continue  # a call that this kernel or libseccomp does not have
    program.add_rule(refuse, "socket", pyseccomp.Arg(0, pyseccomp.NE, UNIX_SOCKETS))
    program.add_rule(refuse, "clone", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, NEW_USER_SPACE, NEW_USER_SPACE))
    program.add_rule(pyseccomp.ERRNO(errno.ENOSYS), "clone3")  # its flags are out of a filter's sight; libc uses clone
    with tempfile.TemporaryFile() as file:
        program.export_bpf(file)
        file.seek(0)
        return file.read()
