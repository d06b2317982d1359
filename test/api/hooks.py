# One check more: what fits the document is never refused as if it did not. A typed refusal says what else is wrong.
import schemathesis
from schemathesis.core.failures import Failure

# Which accounts and widgets there are is the installation's; a range's two ends JSON Schema cannot compare.
INSTALLED = {"gateway", "widget"}
BEYOND = {"POST /sweeps"}


@schemathesis.check
def no_fault_is_found_in_what_fits(ctx, response, case):
    if case.meta is None or not case.meta.generation.mode.is_positive or response.status_code not in (400, 422):
        return
    problem = response.json()
    if problem["code"] != "invalidRequest" or problem.get("field") in INSTALLED or case.operation.label in BEYOND:
        return
    raise Failure(
        operation=case.operation.label,
        title="Refused as invalid, and it fits",
        message=problem["detail"],
    )
