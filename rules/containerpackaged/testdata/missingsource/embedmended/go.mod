module example.test/embedmended

go 1.24
