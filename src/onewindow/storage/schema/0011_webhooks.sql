-- A party may have notices sent to it again, or a test notice: its own deliveries, under the policy of that table.
GRANT INSERT ON delivery TO {web};
