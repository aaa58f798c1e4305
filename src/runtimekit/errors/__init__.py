"""Every failure that this project announces, in one place.

Each is a class with its exit code and its full message, so that callers raise facts and never write prose, and so that
the table in ``docs/errors.md`` can be compared with what the code does. A message says what happened, the likely
cause and the next step. Anything that is not one of these is a defect and shows its traceback.
"""

from runtimekit.errors.asking import (
    ConfigurationError,
    MatrixTooLargeError,
    NoRepositoryError,
    NothingSelectedError,
    NotInActionsError,
    OptionError,
    OptionsConflictError,
    Problem,
    RevisionError,
    RuntimeExistsError,
    UnknownNameError,
)
from runtimekit.errors.base import ExitCode, RuntimekitError
from runtimekit.errors.publishing import (
    AuditError,
    BasesUnansweredError,
    DigestMismatchError,
    ImageMissingError,
    NotReproducibleError,
    PinsBehindError,
    PublishRefusedError,
    RegistryAnswerError,
    RegistryLoginError,
    RegistryUnavailableError,
    SigningError,
    SigningSetupError,
)
from runtimekit.errors.working import (
    BaseNeedsRegistryError,
    CommandError,
    DeadlineError,
    DiskFullError,
    EngineError,
    FunctionBuildError,
    FunctionLaunchError,
    ImageBuildError,
    RehearsalError,
    RunInterruptedError,
    SomeFailedError,
)

__all__ = [
    "AuditError",
    "BaseNeedsRegistryError",
    "BasesUnansweredError",
    "CommandError",
    "ConfigurationError",
    "DeadlineError",
    "DigestMismatchError",
    "DiskFullError",
    "EngineError",
    "ExitCode",
    "FunctionBuildError",
    "FunctionLaunchError",
    "ImageBuildError",
    "ImageMissingError",
    "MatrixTooLargeError",
    "NoRepositoryError",
    "NotInActionsError",
    "NotReproducibleError",
    "NothingSelectedError",
    "OptionError",
    "OptionsConflictError",
    "PinsBehindError",
    "Problem",
    "PublishRefusedError",
    "RegistryAnswerError",
    "RegistryLoginError",
    "RegistryUnavailableError",
    "RehearsalError",
    "RevisionError",
    "RunInterruptedError",
    "RuntimeExistsError",
    "RuntimekitError",
    "SigningError",
    "SigningSetupError",
    "SomeFailedError",
    "UnknownNameError",
]
