"""Logins: Django's user with a public id. Companies, roles and mandates are the storage's accounts."""
