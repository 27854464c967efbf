"""Django's view of the tables, which ours has made."""

from uuid import uuid4

from django.db import models
from django.db.models.functions import Now


class Category(models.Model):
    id = models.UUIDField(primary_key=True)
    slug = models.TextField()
    name = models.TextField()

    class Meta:
        app_label = "benchmark"
        managed = False
        db_table = "categories"


class Product(models.Model):
    id = models.UUIDField(primary_key=True)
    category = models.ForeignKey(Category, on_delete=models.PROTECT)
    sku = models.TextField()
    slug = models.TextField()
    name = models.TextField()
    brand = models.TextField()
    description = models.TextField()
    price_minor = models.BigIntegerField()
    currency = models.TextField()
    stock = models.BigIntegerField()
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    revision = models.BigIntegerField()
    archived_at = models.DateTimeField(null=True, db_column="deleted_at")

    class Meta:
        app_label = "benchmark"
        managed = False
        db_table = "products"


class User(models.Model):
    id = models.UUIDField(primary_key=True)
    email = models.TextField()
    suspended_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "benchmark"
        managed = False
        db_table = "users"


class Resume(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid4)
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    title = models.TextField()
    full_name = models.TextField()
    label = models.TextField(null=True)
    email = models.TextField(null=True)
    phone = models.TextField(null=True)
    url = models.TextField(null=True)
    summary = models.TextField(null=True)
    city = models.TextField(null=True)
    region = models.TextField(null=True)
    country_code = models.TextField(null=True)
    profiles = models.JSONField(default=list)
    other_sections = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "benchmark"
        managed = False
        db_table = "master_resumes"


class Account(models.Model):
    id = models.UUIDField(primary_key=True)
    email = models.TextField()
    status = models.TextField()
    credits_balance_micros = models.BigIntegerField()
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "benchmark"
        managed = False
        db_table = "accounts"


class ApiKey(models.Model):
    id = models.UUIDField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    key_hash = models.BinaryField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "benchmark"
        managed = False
        db_table = "api_keys"
