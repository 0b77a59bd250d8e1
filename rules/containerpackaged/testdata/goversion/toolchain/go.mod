module example.test/toolchain

go 1.26.0
