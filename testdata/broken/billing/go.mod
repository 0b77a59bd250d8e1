module example.com/broken/billing

go 1.25

require missing.example/ledger v1.4.0
