# SPDX-License-Identifier: GPL-3.0-or-later
"""A real Podman in a namespace of a rig, with a container that is made of this machine's own /usr: nothing is downloaded.
Its storage is a temporary folder, its control groups and mounts are those of a mount namespace of its own."""

import pathlib
import shutil
import subprocess
import tempfile

SOCKET = "/run/podman/podman.sock"
# The container has to be begun where the service is: what they make known to one another are mounts.
RUN = """
mount -t cgroup2 none /sys/fs/cgroup || exit 77
"$@" run -d --name web --cgroups=disabled --ulimit nofile=256:256 --ulimit nproc=256:256 -v /usr:/usr:ro $OPTIONS \\
  --rootfs $ROOTFS /usr/bin/python3 -m http.server 80 || exit 77
mkdir -p /run/podman
exec "$@" system service --time=0 unix://$SOCKET
"""


class Podman:
    """One container "web" with a web server on its port 80. @options: how `podman run` publishes it, as "-p 30001:80".

    `runs` is false where Podman is not installed, or cannot run a container here; `why` says why."""

    def __init__(self, namespace, options):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="portolan-podman-"))
        self.log = self.dir / "log"
        self.service = None
        if not shutil.which("podman"):
            return
        pathlib.Path(SOCKET).unlink(missing_ok=True)
        root = self.dir / "rootfs"
        for name in ("etc", "tmp", "usr"):
            (root / name).mkdir(parents=True)
        for name in ("bin", "lib", "lib64"):
            (root / name).symlink_to(f"usr/{name}")
        self.command = ["podman", "--root", str(self.dir / "storage"), "--runroot", str(self.dir / "run"), "--storage-driver",
                        "vfs", "--cgroup-manager", "cgroupfs", "--events-backend", "file"]
        with open(self.log, "wb") as log:
            self.service = subprocess.Popen(
                ["ip", "netns", "exec", namespace, "env", f"SOCKET={SOCKET}", f"ROOTFS={root}", f"OPTIONS={options}", "sh", "-c",
                 RUN, "sh", *self.command], stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    @property
    def runs(self):
        return self.service is not None and self.service.poll() is None

    @property
    def why(self):
        if self.service is None:
            return "podman is not installed"
        return (self.log.read_text().strip().splitlines() or ["podman does not run a container here"])[-1]

    def is_ready(self):
        return not self.runs or pathlib.Path(SOCKET).exists()

    def inside(self, *arguments):
        return subprocess.run(["nsenter", "-t", str(self.service.pid), "-m", "-n", *self.command, *arguments],
                              capture_output=True, text=True, check=False)

    def close(self, kill=False):
        """@kill: it has no time to take its socket away."""
        if self.runs:
            self.inside("rm", "-f", "-t", "0", "web")
            self.service.kill() if kill else self.service.terminate()
        if self.service is not None:
            self.service.wait()
        shutil.rmtree(self.dir, ignore_errors=True)
