-- Currencies in which an account ever had something.
SELECT DISTINCT arrayJoin([toString(currency), if(fee != 0, toString(fee_currency), '')]) AS currency
FROM settlements
WHERE account_id = {account_id:String}
UNION DISTINCT
SELECT DISTINCT arrayJoin([toString(currency), toString(to_currency)]) AS currency
FROM cash_flows
WHERE account_id = {account_id:String}
