package summarize

import (
	"go/ast"
	"go/types"
	"strings"

	"github.com/cnready/cnready/internal/effects"
	"github.com/cnready/cnready/internal/effects/apitable"
	"github.com/cnready/cnready/internal/lazyregexp"
)

// contexts are the types by which frameworks hand a request to its handler, by
// the protocol that decides what a panic does (documentation of each). Those of
// frameworks on net/http hold a ResponseWriter and a Request, see holdsRequest,
// but for interfaces.
var contexts = map[string]string{
	"github.com/labstack/echo.Context":                   effects.HandlesHTTP,
	"github.com/gin-gonic/gin.Context":                   effects.HandlesHTTP,
	"github.com/beego/beego/server/web/context.Context":  effects.HandlesHTTP,
	"github.com/kataras/iris/context.Context":            effects.HandlesHTTP,
	"github.com/gobuffalo/buffalo.Context":               effects.HandlesHTTP,
	"github.com/go-kratos/kratos/transport/http.Context": effects.HandlesHTTP,
	"github.com/valyala/fasthttp.RequestCtx":             effects.HandlesFastHTTP,
	"github.com/gofiber/fiber.Ctx":                       effects.HandlesFastHTTP,
	"github.com/cloudwego/hertz/pkg/app.RequestContext":  effects.HandlesHTTP, // recovered by server.Default
	"google.golang.org/grpc.UnaryHandler":                effects.HandlesGRPC, // an interceptor
	"google.golang.org/grpc.StreamHandler":               effects.HandlesGRPC,
}

// handlerOf is the protocol whose requests a function of this signature answers,
// "" for any other.
func (s *summarizer) handlerOf(sig *types.Signature) string {
	if sig == nil {
		return ""
	}
	writer, request := false, false
	for i := range sig.Params().Len() {
		t := types.Unalias(sig.Params().At(i).Type())
		key := typeKey(deref(t))
		switch key {
		case "":
			continue
		case "net/http.ResponseWriter":
			writer = true
		case "net/http.Request":
			request = true
		default:
			if i := strings.LastIndexByte(key, '.'); contexts[apitable.Unversioned(key[:i])+key[i:]] != "" {
				return contexts[apitable.Unversioned(key[:i])+key[i:]]
			}
			if _, isPointer := t.(*types.Pointer); isPointer && s.holdsRequest(t, 0) {
				return effects.HandlesHTTP
			}
		}
	}
	if writer && request {
		return effects.HandlesHTTP
	}
	return ""
}

// maxRequestDepth bounds how deep embedded structs are looked into.
const maxRequestDepth = 3

// holdsRequest tells whether a struct, or one that it embeds, has both a
// ResponseWriter and a Request: it is what a framework hands to its handlers.
func (s *summarizer) holdsRequest(t types.Type, depth int) bool {
	t = deref(t)
	key := typeKey(t)
	if known, ok := s.holding[key]; ok && key != "" {
		return known
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok || depth > maxRequestDepth {
		return false
	}
	s.holding[key] = false // for types that embed each other
	writer, request := false, false
	for i := range st.NumFields() {
		f := st.Field(i)
		switch k := typeKey(deref(f.Type())); {
		case k == "net/http.ResponseWriter" || strings.HasSuffix(k, ".ResponseWriter"):
			writer = true
		case k == "net/http.Request":
			request = true
		case f.Embedded() && s.holdsRequest(f.Type(), depth+1):
			writer, request = true, true
		}
	}
	s.holding[key] = writer && request
	return s.holding[key]
}

// registers matches the functions that code generators make to register the
// methods of a service: RegisterCartServer of protoc-gen-go-grpc,
// NewCartServiceHandler of protoc-gen-connect-go, NewCartServer of Twirp.
var registers = lazyregexp.New(`^(Register.*Server|Register.*HandlerServer|New.*Handler|New.*Server)$`)

// registered records the methods that a call registers as those that answer
// requests.
func (w *walker) registered(c callee, sig *types.Signature, call *ast.CallExpr) {
	if sig == nil || c.fn == nil || !registers.MatchString(c.fn.Name()) {
		return
	}
	protocol := effects.HandlesHTTP
	if strings.HasPrefix(c.fn.Name(), "Register") {
		protocol = effects.HandlesGRPC
	}
	for i, a := range call.Args {
		t := paramType(sig, i)
		if t == nil {
			continue
		}
		iface, ok := t.Underlying().(*types.Interface)
		if !ok || !isService(iface) {
			continue
		}
		src := w.s.Info.TypeOf(a)
		if src == nil || types.IsInterface(src) {
			continue
		}
		for m := range iface.NumMethods() {
			method := iface.Method(m)
			obj, _, _ := types.LookupFieldOrMethod(src, true, method.Pkg(), method.Name())
			if fn, ok := obj.(*types.Func); ok && method.Exported() {
				w.refAs(fn, effects.Ref{Prev: -1, Handler: protocol})
			}
		}
	}
}

// isService tells an interface whose methods are those of a service: each takes
// a context or a stream, and returns an error last.
func isService(iface *types.Interface) bool {
	n := 0
	for i := range iface.NumMethods() {
		m := iface.Method(i)
		if !m.Exported() {
			continue
		}
		n++
		sig := m.Signature()
		results := sig.Results().Len()
		if results == 0 || !isError(sig.Results().At(results-1).Type()) || sig.Params().Len() == 0 {
			return false
		}
		first := sig.Params().At(0).Type()
		last := sig.Params().At(sig.Params().Len() - 1).Type()
		if !isContext(first) && !isStream(last) {
			return false
		}
	}
	return n > 0
}

func isContext(t types.Type) bool { return typeKey(t) == "context.Context" }

func isError(t types.Type) bool {
	return types.Identical(t, types.Universe.Lookup("error").Type())
}

// isStream tells the streams of gRPC, client's or server's.
func isStream(t types.Type) bool {
	has := func(name string) bool {
		obj, _, _ := types.LookupFieldOrMethod(t, true, nil, name)
		_, ok := obj.(*types.Func)
		return ok
	}
	return has("Context") && has("RecvMsg") && has("SendMsg")
}

// recovers tells whether a function stops panics: it defers a literal that calls
// recover, or a function whose name says that it does.
func (w *walker) recovers(body *ast.BlockStmt) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.DeferStmt:
			switch f := ast.Unparen(n.Call.Fun).(type) {
			case *ast.FuncLit:
				found = found || w.callsRecover(f.Body)
			default:
				name := strings.ToLower(calledName(n.Call))
				found = found || strings.Contains(name, "recover") || strings.Contains(name, "panic") || strings.Contains(name, "crash")
			}
		}
		return !found
	})
	return found
}

func (w *walker) callsRecover(body *ast.BlockStmt) bool {
	found := false
	ast.Inspect(body, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if id, ok := ast.Unparen(call.Fun).(*ast.Ident); ok && id.Name == "recover" {
				_, builtin := w.s.objectOf(id).(*types.Builtin)
				found = found || builtin
			}
		}
		return !found
	})
	return found
}

// panics is the effect of panic(err): a failure that was foreseen ends the
// process unless somebody recovers. A panic with a text says that the program
// itself is wrong, and is left alone.
func (w *walker) panics(c callee, call *ast.CallExpr) *effects.Effect {
	if c.kind != builtinCall || c.name != "panic" || len(call.Args) != 1 {
		return nil
	}
	if t := w.s.Info.TypeOf(call.Args[0]); t == nil || !isError(t) {
		return nil
	}
	return &effects.Effect{
		Kind: effects.Exit, API: "panic", Names: []string{"what"},
		Values: []*effects.Value{effects.Lit("panic", posAt{})},
	}
}
