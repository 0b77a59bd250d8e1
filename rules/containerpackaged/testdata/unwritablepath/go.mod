module example.test/unwritablepath

go 1.24
