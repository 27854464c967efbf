"""What every system promises (C1 to C12, and who may not), as tests that a system takes over.

``tests/test_contract.py`` of a system::

    from padstone.testing.contract import *  # noqa: F403  # pytest finds them by their names

``tests/world.py`` says what only the system knows, in a class ``World``: see ``World`` here. Most
of it comes from the OpenAPI document, the settings class and the tables, so that an operation, a
setting or a table is covered the moment it exists. What cannot be found out fails with a sentence
that says what to write where.
"""

from padstone.testing.contract.authorization import (
    test_promise_23_anothers_row_in_a_body_is_as_good_as_none,
    test_promise_23_anothers_row_is_as_good_as_none,
    test_promise_23_no_answer_shows_anothers_rows,
    test_promise_23_nothing_else_is_open,
    test_promise_23_strangers_are_refused,
    test_promise_23_who_may_do_less_is_refused,
)
from padstone.testing.contract.caller import Browser, Caller, Callers
from padstone.testing.contract.csrf import (
    test_csrf_another_site_changes_nothing_by_a_browsers_cookie,
)
from padstone.testing.contract.dockerfile import (
    test_c10_the_steps_of_the_image,
    test_c10_what_an_image_must_have,
)
from padstone.testing.contract.document import Operation
from padstone.testing.contract.errors import (
    test_c6_a_body_of_another_kind_is_415,
    test_c6_a_body_that_is_no_json_is_400,
    test_c6_a_body_that_is_too_large_is_413,
    test_c6_a_method_that_is_not_there_is_405,
    test_c6_a_path_that_is_not_there_is_404,
    test_c6_values_that_do_not_fit_are_422,
)
from padstone.testing.contract.examples import test_c10_the_examples_work
from padstone.testing.contract.fuzz import test_c6_schemathesis_finds_nothing
from padstone.testing.contract.growth import test_n1_a_list_costs_the_same_however_long
from padstone.testing.contract.headers import (
    test_c7_one_line_for_each_request_and_no_secret_in_it,
    test_c7_the_clients_own_id_is_kept,
    test_c8_only_configured_origins_may_call,
)
from padstone.testing.contract.health import (
    test_c12_a_dependency_that_is_gone_and_back,
    test_c12_liveness_needs_nothing,
)
from padstone.testing.contract.mass_assignment import (
    test_promise_24_no_body_offers_what_the_database_decides,
    test_promise_24_no_column_can_be_smuggled_in,
)
from padstone.testing.contract.migrations import test_c2_up_down_and_up_with_rows_in_every_table
from padstone.testing.contract.openapi import (
    test_c3_every_body_and_answer_is_a_model,
    test_c3_every_operation_names_its_errors,
    test_c3_operation_ids_are_readable_and_unique,
    test_c3_the_document_is_valid,
    test_c3_the_pages_are_served,
)
from padstone.testing.contract.revocation import (
    test_promise_29_changes_of_credentials_are_told,
)
from padstone.testing.contract.row import row
from padstone.testing.contract.secrets import (
    test_promise_36_no_secret_reaches_a_log_or_an_answer,
)
from padstone.testing.contract.settings import (
    test_c4_a_copied_example_changes_nothing,
    test_c4_the_example_lists_every_setting,
    test_c5_all_problems_are_named_at_once,
    test_c5_one_unsafe_setting_is_refused,
    test_c5_safe_settings_start,
)
from padstone.testing.contract.start import (
    test_c1_plain_uvicorn_in_an_empty_environment,
    test_c1_services_by_url_start_nothing,
)
from padstone.testing.contract.tables import (
    test_c11_every_write_moves_updated_at_and_revision,
    test_c11_keys_are_uuids_version_7,
    test_c11_what_was_unique_is_free_after_deletion,
)
from padstone.testing.contract.world import World

__all__ = [
    "Browser",
    "Caller",
    "Callers",
    "Operation",
    "World",
    "row",
    "test_c1_plain_uvicorn_in_an_empty_environment",
    "test_c1_services_by_url_start_nothing",
    "test_c2_up_down_and_up_with_rows_in_every_table",
    "test_c3_every_body_and_answer_is_a_model",
    "test_c3_every_operation_names_its_errors",
    "test_c3_operation_ids_are_readable_and_unique",
    "test_c3_the_document_is_valid",
    "test_c3_the_pages_are_served",
    "test_c4_a_copied_example_changes_nothing",
    "test_c4_the_example_lists_every_setting",
    "test_c5_all_problems_are_named_at_once",
    "test_c5_one_unsafe_setting_is_refused",
    "test_c5_safe_settings_start",
    "test_c6_a_body_of_another_kind_is_415",
    "test_c6_a_body_that_is_no_json_is_400",
    "test_c6_a_body_that_is_too_large_is_413",
    "test_c6_a_method_that_is_not_there_is_405",
    "test_c6_a_path_that_is_not_there_is_404",
    "test_c6_schemathesis_finds_nothing",
    "test_c6_values_that_do_not_fit_are_422",
    "test_c7_one_line_for_each_request_and_no_secret_in_it",
    "test_c7_the_clients_own_id_is_kept",
    "test_c8_only_configured_origins_may_call",
    "test_c10_the_examples_work",
    "test_c10_the_steps_of_the_image",
    "test_c10_what_an_image_must_have",
    "test_c11_every_write_moves_updated_at_and_revision",
    "test_c11_keys_are_uuids_version_7",
    "test_c11_what_was_unique_is_free_after_deletion",
    "test_c12_a_dependency_that_is_gone_and_back",
    "test_c12_liveness_needs_nothing",
    "test_csrf_another_site_changes_nothing_by_a_browsers_cookie",
    "test_n1_a_list_costs_the_same_however_long",
    "test_promise_23_anothers_row_in_a_body_is_as_good_as_none",
    "test_promise_23_anothers_row_is_as_good_as_none",
    "test_promise_23_no_answer_shows_anothers_rows",
    "test_promise_23_nothing_else_is_open",
    "test_promise_23_strangers_are_refused",
    "test_promise_23_who_may_do_less_is_refused",
    "test_promise_24_no_body_offers_what_the_database_decides",
    "test_promise_24_no_column_can_be_smuggled_in",
    "test_promise_29_changes_of_credentials_are_told",
    "test_promise_36_no_secret_reaches_a_log_or_an_answer",
]
