// Package gin stands for github.com/gin-gonic/gin.
package gin

type (
	Context     struct{}
	HandlerFunc func(*Context)
	IRoutes     interface {
		GET(path string, h ...HandlerFunc) IRoutes
	}
	RouterGroup struct{}
	Engine      struct{ RouterGroup }
)

func New() *Engine { return nil }

func (*Engine) Run(addr ...string) error { return nil }

func (*RouterGroup) Group(path string, h ...HandlerFunc) *RouterGroup              { return nil }
func (*RouterGroup) Use(h ...HandlerFunc) IRoutes                                  { return nil }
func (*RouterGroup) GET(path string, h ...HandlerFunc) IRoutes                     { return nil }
func (*RouterGroup) POST(path string, h ...HandlerFunc) IRoutes                    { return nil }
func (*RouterGroup) Handle(method, path string, h ...HandlerFunc) IRoutes          { return nil }
func (*RouterGroup) Match(methods []string, path string, h ...HandlerFunc) IRoutes { return nil }
