-- What is due to leave the house: a replay may send again what was already done, so only next_at says what is due.
DROP INDEX delivery_due;
CREATE INDEX delivery_due ON delivery (next_at, id) WHERE next_at IS NOT NULL;
CREATE INDEX delivery_waiting ON delivery (subscription, number) WHERE next_at IS NOT NULL;
