"""The pytest plugin. It loads by itself where ``padstone[test]`` is installed.

A system's tests need no set-up: the plugin finds ``app.main:app`` (ini option ``padstone_app``) and
offers these fixtures, on real PostgreSQL and S3:

``client``     an HTTP client on the application, authenticated as nobody
``session``    a session in the same transaction; what it writes, the application sees
``queries``    counts SQL statements: ``with queries.at_most(3): …``
``run_jobs``   runs the background jobs that wait: ``await run_jobs()``
``mailbox``    what the application mails: ``mail = await mailbox.wait_for(to="ann@example.com")``
``upstreams``  providers of models that behave as the model's name says, well or badly
``database``   a ``Database`` on a new, empty database
``server``     starts the real server as processes: ``await server(processes=4)``

Each test runs in one transaction that is rolled back. A test marked ``@pytest.mark.committed`` gets
a database of its own, cloned from the migrated one, in which commits are real.

Services are started when none are given. Others are named by ``PADSTONE_TEST_DATABASE_URL`` (a
server's database; others are created beside it, named ``test_…``, and no other is touched),
``PADSTONE_TEST_REDIS_URL``, and together ``PADSTONE_TEST_STORAGE_ENDPOINT_URL``,
``PADSTONE_TEST_STORAGE_ACCESS_KEY`` and ``PADSTONE_TEST_STORAGE_SECRET_KEY``.

What every system promises is tested once, in ``padstone.testing.contract``, and taken over by each.
"""
