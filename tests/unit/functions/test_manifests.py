"""Manifests are what Kubernetes, Knative and compose say that they are, and confine what they start.

Kubernetes' and Knative's models ignore what they do not know. So a document counts as right only if nothing of it is
lost on the way through its model.
"""

from __future__ import annotations

import importlib
import importlib.resources
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from runtimekit.functions import manifests

if TYPE_CHECKING:
    from collections.abc import Mapping

SERVICE = manifests.Service(
    name="hello",
    image="ghcr.io/acme/hello@sha256:" + "a" * 64,
    health="/healthz",
    key="INTERNAL_RUNTIME_KEY",
    environment={},
    memory="384m",
    concurrency=20,
    health_command=["/usr/local/bin/gateway", "--health"],
)
OPEN = replace(SERVICE, key="", environment={"OPEN_RUNTIMES_SECRET": ""}, health="/__opr/health")
"""What a protocol without a key has."""
MODELS = {
    ("serving.knative.dev/v1", "Service"): "cloudcoil.models.knative_serving.serving.v1",
    ("apps/v1", "Deployment"): "cloudcoil.models.kubernetes.apps.v1",
    ("v1", "Service"): "cloudcoil.models.kubernetes.core.v1",
    ("autoscaling/v2", "HorizontalPodAutoscaler"): "cloudcoil.models.kubernetes.autoscaling.v2",
}
"""Which module has the model. They take seconds to import, so one test alone does it."""


def documents(kind: str, service: manifests.Service = SERVICE) -> list[dict[str, Any]]:
    """What is in the YAML, read back."""
    return list(YAML(typ="safe").load_all(manifests.text(kind, service, f"{kind}.yaml")))


def check(document: Mapping[str, Any]) -> None:
    """That it fits its schema, with all that it says."""
    module = importlib.import_module(MODELS[document["apiVersion"], document["kind"]])
    read = getattr(module, document["kind"]).model_validate(document)
    assert json.loads(read.model_dump_json(by_alias=True, exclude_unset=True)) == document


def test_fit_the_schemas_of_their_platforms() -> None:
    """All documents, with and without a key; and the check finds a misspelt key, and a number that is a text."""
    found = [
        each for kind in ("knative", "kubernetes") for service in (SERVICE, OPEN) for each in documents(kind, service)
    ]
    assert len(found) == 8
    for document in found:
        check(document)
    misspelt, (text,) = documents("kubernetes")[0], documents("knative")
    misspelt["spec"]["template"]["spec"]["containers"][0]["securityContext"]["readOnlyRootFileSystem"] = True
    text["spec"]["template"]["spec"]["containerConcurrency"] = "20"
    for document in (misspelt, text):
        with pytest.raises(AssertionError):
            check(document)


@pytest.mark.parametrize("service", [SERVICE, OPEN], ids=["key", "open"])
def test_compose_fits_its_schema(service: manifests.Service) -> None:
    """The specification's own schema, which check-jsonschema carries."""
    vendored = importlib.resources.files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json"
    schema = json.loads(vendored.read_text(encoding="utf-8"))
    (document,) = documents("compose", service)
    jsonschema.validate(document, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"services": {"hello": {"imagee": "x"}}}, schema)


@pytest.mark.parametrize("kind", ["knative", "kubernetes"])
def test_containers_are_confined(kind: str) -> None:
    """As contract L6 launches them, and the memory is the language's."""
    document = documents(kind)[0]
    container = document["spec"]["template"]["spec"]["containers"][0]
    security = container["securityContext"]
    assert security["runAsNonRoot"] is security["readOnlyRootFilesystem"] is True
    assert security["allowPrivilegeEscalation"] is False
    assert security["capabilities"] == {"drop": ["ALL"]}
    assert container["resources"]["limits"] == container["resources"]["requests"] == {"memory": "384Mi"}
    assert container["readinessProbe"]["httpGet"]["path"] == "/healthz"


def test_scaling_is_by_requests() -> None:
    """Of those that a container is given at a time, some are a reason for another container."""
    template = documents("knative")[0]["spec"]["template"]
    assert template["spec"]["containerConcurrency"] == 20
    assert template["metadata"]["annotations"]["autoscaling.knative.dev/min-scale"] == "0"
    deployment, _service, scaler = documents("kubernetes")
    metric = scaler["spec"]["metrics"][0]["pods"]
    assert (metric["metric"]["name"], metric["target"]["averageValue"]) == ("runtime_requests_running", "14")
    environment = deployment["spec"]["template"]["spec"]["containers"][0]["env"]
    assert {"name": "RUNTIME_METRICS", "value": "1"} in environment, "without it there is no such number"


@pytest.mark.parametrize("kind", list(manifests.KINDS))
def test_no_key_stands_in_a_manifest(kind: str) -> None:
    """It comes from a secret, or from the environment of who starts it; without one it does not start."""
    text = manifests.text(kind, SERVICE, "x.yaml")
    assert ("secretKeyRef" in text) == (kind != "compose")
    assert ("${INTERNAL_RUNTIME_KEY:?" in text) == (kind == "compose")
    assert "INTERNAL_RUNTIME_KEY" not in manifests.text(kind, OPEN, "x.yaml")


def test_nothing_is_said_by_reference() -> None:
    """People read these files: no anchors."""
    for kind in manifests.KINDS:
        lines = manifests.text(kind, SERVICE, "x.yaml").splitlines()
        assert not [line for line in lines if "&id" in line or "*id" in line]
