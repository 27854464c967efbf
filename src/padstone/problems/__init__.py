"""Errors as RFC 9457 problem documents. The only room that knows both errors and HTTP."""

from padstone.problems.handlers import add_problem_handlers, field_error, problem_of
from padstone.problems.openapi import (
    add_problem_documentation,
    document_problems,
    problem_responses,
)
from padstone.problems.response import ErrorItem, ErrorResponse, ProblemForm, ProblemResponse
from padstone.problems.status import STATUS, status_of

__all__ = [
    "STATUS",
    "ErrorItem",
    "ErrorResponse",
    "ProblemForm",
    "ProblemResponse",
    "add_problem_documentation",
    "add_problem_handlers",
    "document_problems",
    "field_error",
    "problem_of",
    "problem_responses",
    "status_of",
]
