// Tool serves nobody, so what it writes is its user's business.
package main

import "example.com/service/store"

func main() {
	_ = store.SaveTo("/var/lib/tool.db", nil)
}
