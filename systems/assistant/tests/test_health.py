import pytest
from fastapi.testclient import TestClient

from app.main import app

client = TestClient(app)


def test_health_endpoint_returns_200():
    """GIVEN a FastAPI application
    WHEN the /health endpoint is called
    THEN it should return 200 OK"""
    response = client.get("/health")
    assert response.status_code == 200


def test_health_endpoint_returns_json():
    """GIVEN a FastAPI application
    WHEN the /health endpoint is called
    THEN it should return JSON with status"""
    response = client.get("/health")
    data = response.json()
    assert "status" in data
    assert data["status"] == "healthy"


def test_health_endpoint_includes_version():
    """GIVEN a FastAPI application
    WHEN the /health endpoint is called
    THEN it should include API version"""
    response = client.get("/health")
    data = response.json()
    assert "version" in data
