import pytest
from fastapi.testclient import TestClient

from app.main import app

client = TestClient(app)


def test_api_v1_prefix_exists():
    """GIVEN a FastAPI application
    WHEN accessing /api/v1/
    THEN it should be accessible"""
    response = client.get("/api/v1/")
    # Should not return 404
    assert response.status_code != 404


def test_api_root_redirects_to_docs():
    """GIVEN a FastAPI application
    WHEN accessing root /
    THEN it should provide API documentation"""
    response = client.get("/")
    assert response.status_code == 200
