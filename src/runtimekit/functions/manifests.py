"""What platforms are told of an image of one function: for Knative, Kubernetes and compose (docs/scaling.md).

All say the same: not root, nothing to write but /tmp, no capabilities, the language's memory, probes on the health
path, and more containers when there are more requests than one is given at a time.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import DoubleQuotedScalarString as Quoted

if TYPE_CHECKING:
    from collections.abc import Callable

USER, GROUP = 2001, 2000
"""As the image says; any other user works, too (contract L6)."""
PIDS = 128
"""Processes and threads (contract L6)."""
TMP_MIB = 64
"""What /tmp may hold. It counts as the container's memory."""
STOP_SECONDS = 10
"""How long a container may take to end: eight for its requests, and a little (contract T3)."""
UTILIZATION = 70
"""Per cent of the requests that a container is given at a time, at which another one is started."""
MOST_CONTAINERS = 10
LOAD_SECONDS = 60
"""How long a function may take to load before its container counts as broken."""


@dataclass(frozen=True, kw_only=True)
class Service:
    """A function as a platform runs it."""

    name: str
    """A label: ``hello``."""
    image: str
    """By digest if it was pushed, else by tag."""
    health: str
    """The path that answers 200 without a key once the function is loaded."""
    key: str
    """The environment variable that holds the key; empty if callers need none."""
    environment: dict[str, str]
    """Further variables."""
    memory: str
    """As docker has it: ``256m``."""
    concurrency: int
    """How many requests it is given at a time."""
    health_command: list[str]
    """The same question as a command in the container."""


def _quantity(memory: str) -> str:
    """Memory as Kubernetes has it: ``256m`` is ``256Mi``."""
    return f"{memory[:-1]}{memory[-1].upper()}i"


def _container(service: Service) -> dict[str, Any]:
    """What Knative and Kubernetes have in common. The security is the container's: Knative takes no pod's."""
    environment: list[dict[str, Any]] = [{"name": name, "value": text} for name, text in service.environment.items()]
    if service.key:
        secret = {"name": f"{service.name}-key", "key": "key"}
        environment.append({"name": service.key, "valueFrom": {"secretKeyRef": secret}})
    return {
        "image": service.image,
        **({"env": environment} if environment else {}),
        "resources": {
            "requests": {"memory": _quantity(service.memory)},
            "limits": {"memory": _quantity(service.memory)},
        },
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": USER,
            "runAsGroup": GROUP,
            "readOnlyRootFilesystem": True,
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],  # noqa: S108 - inside the container
    }


_VOLUMES = [{"name": "tmp", "emptyDir": {"medium": "Memory", "sizeLimit": f"{TMP_MIB}Mi"}}]


def knative(service: Service) -> list[dict[str, Any]]:
    """One Knative service. Knative sets PORT, routes, and starts from none."""
    container = _container(service)
    container["ports"] = [{"name": "http1", "containerPort": 3000}]
    container["readinessProbe"] = {"httpGet": {"path": service.health}, "successThreshold": 1}
    annotations = {
        "autoscaling.knative.dev/metric": "concurrency",
        "autoscaling.knative.dev/target-utilization-percentage": str(UTILIZATION),
        "autoscaling.knative.dev/min-scale": "0",
        "autoscaling.knative.dev/max-scale": str(MOST_CONTAINERS),
    }
    template = {
        "metadata": {"annotations": annotations},
        "spec": {
            "containerConcurrency": service.concurrency,
            "enableServiceLinks": False,
            "containers": [container],
            "volumes": _VOLUMES,
        },
    }
    return [
        {
            "apiVersion": "serving.knative.dev/v1",
            "kind": "Service",
            "metadata": {"name": service.name},
            "spec": {"template": template},
        }
    ]


def kubernetes(service: Service) -> list[dict[str, Any]]:
    """A deployment, a service, and an autoscaler by the requests that run."""
    labels = {"app.kubernetes.io/name": service.name}
    metadata = {"name": service.name, "labels": labels}
    health = {"httpGet": {"path": service.health, "port": "http"}, "timeoutSeconds": 5}
    counting = replace(service, environment={**service.environment, "RUNTIME_METRICS": "1"})
    container = {"name": "function", **_container(counting)}
    container["ports"] = [{"name": "http", "containerPort": 3000}]
    container["startupProbe"] = {**health, "periodSeconds": 1, "failureThreshold": LOAD_SECONDS}
    container["readinessProbe"] = {**health, "periodSeconds": 5}
    # Not the health path: the gateway itself replaces what crashes, and loads again what could not be loaded.
    container["livenessProbe"] = {"tcpSocket": {"port": "http"}, "periodSeconds": 10}
    pod = {
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": STOP_SECONDS,
        "containers": [container],
        "volumes": _VOLUMES,
    }
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata,
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": pod},
        },
    }
    network = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata,
        "spec": {"selector": labels, "ports": [{"name": "http", "port": 80, "targetPort": "http"}]},
    }
    target = {"type": "AverageValue", "averageValue": str(max(1, service.concurrency * UTILIZATION // 100))}
    scaler = {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": metadata,
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": service.name},
            "minReplicas": 1,
            "maxReplicas": MOST_CONTAINERS,
            "metrics": [
                {"type": "Pods", "pods": {"metric": {"name": "runtime_requests_running"}, "target": target}},
            ],
        },
    }
    return [deployment, network, scaler]


def compose(service: Service) -> list[dict[str, Any]]:
    """A compose project with one service."""
    environment = dict(service.environment)
    if service.key:
        environment[service.key] = f"${{{service.key}:?set it to the key that callers send}}"
    return [
        {
            "services": {
                service.name: {
                    "image": service.image,
                    "pull_policy": "missing",
                    **({"environment": environment} if environment else {}),
                    "ports": [Quoted("127.0.0.1:${PUBLISHED_PORT:-3000}:3000")],  # else a number in older YAML
                    "user": Quoted(f"{USER}:{GROUP}"),
                    "read_only": True,
                    "tmpfs": [f"/tmp:mode=1777,size={TMP_MIB}m"],  # noqa: S108 - inside the container
                    "cap_drop": ["ALL"],
                    "security_opt": ["no-new-privileges:true"],
                    "mem_limit": service.memory,
                    "pids_limit": PIDS,
                    "stop_grace_period": f"{STOP_SECONDS}s",
                    "restart": "unless-stopped",
                    "healthcheck": {
                        "test": ["CMD", *service.health_command],
                        "interval": "5s",
                        "timeout": "5s",
                        "start_period": f"{LOAD_SECONDS}s",
                        "start_interval": "1s",
                    },
                }
            }
        }
    ]


KINDS: dict[str, Callable[[Service], list[dict[str, Any]]]] = {
    "knative": knative,
    "kubernetes": kubernetes,
    "compose": compose,
}
"""The documents of each kind of manifest."""

_HOW = {
    "knative": "kubectl apply -f {file}",
    "kubernetes": "kubectl apply -f {file}. It scales by runtime_requests_running: docs/scaling.md.",
    "compose": "docker compose -f {file} up",
}


def text(kind: str, service: Service, file: str) -> str:
    """A manifest as YAML, with a comment that says how it is used."""
    how = _HOW[kind].format(file=file)
    lines = [f"# {service.name}: written by ./dev bundle.", f"# {how}"]
    if service.key and kind != "compose":
        lines.append(f"# The key first: kubectl create secret generic {service.name}-key --from-file=key=FILE")
    yaml = YAML()
    yaml.default_flow_style = False
    yaml.width = 1000
    yaml.representer.ignore_aliases = lambda *_: True
    stream = io.StringIO()
    yaml.dump_all(KINDS[kind](service), stream)
    return "\n".join(lines) + "\n" + stream.getvalue()
