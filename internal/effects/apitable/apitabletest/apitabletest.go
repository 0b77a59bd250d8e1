// Package apitabletest checks entries of the API table against the packages
// that they speak of.
package apitabletest

import (
	"fmt"
	"go/types"
	"strings"

	"github.com/cnready/cnready/internal/effects/apitable"
)

// Check tells what of an entry does not fit the package: a symbol that it does
// not have, an argument or result beyond the function's, a field that the
// argument's struct lacks. It returns Missing for a symbol that is not there.
func Check(pkg *types.Package, e apitable.Entry) error {
	if e.Package != apitable.Unversioned(pkg.Path()) {
		return fmt.Errorf("%s is not of package %s", e.Symbol, pkg.Path())
	}
	name := strings.TrimPrefix(e.Symbol, e.Package+".")
	if e.Verb == "command" {
		return checkCommand(pkg, name)
	}
	if name == "init" || e.Symbol == "runtime.main" {
		return checkInit(e) // runtime.main, in every program, is not in the types either
	}
	if tn, ok := pkg.Scope().Lookup(name).(*types.TypeName); ok {
		return checkLiteral(tn.Type(), e)
	}
	sig, err := signature(pkg, name)
	if err != nil {
		return err
	}
	for _, a := range e.Args {
		if err := checkArg(sig, a); err != nil {
			return err
		}
	}
	switch e.Verb {
	case "returns":
		if n := sig.Results().Len(); e.Index >= n {
			return fmt.Errorf("returns.%d, but there are %d results", e.Index, n)
		}
	case "sets", "opens":
		if e.Verb == "opens" && e.Index == apitable.Returned {
			if sig.Results().Len() == 0 {
				return fmt.Errorf("opens.returned, but there are no results")
			}
			return nil
		}
		t, err := paramType(sig, e.Index)
		if err != nil {
			return err
		}
		if !mayBePointer(t) {
			return fmt.Errorf("%s.%d, but the argument is a %s", e.Verb, e.Index, t)
		}
	case "calls":
		t, err := paramType(sig, e.Index)
		if err != nil {
			return err
		}
		fn, ok := t.Underlying().(*types.Signature)
		if !ok || e.Param >= fn.Params().Len() {
			return fmt.Errorf("calls.%d.%d, but the argument is a %s", e.Index, e.Param, t)
		}
	}
	return nil
}

// Missing says that a package has no symbol of that name.
type Missing string

func (m Missing) Error() string { return "there is no " + string(m) }

// signature is that of a function, a method, or a variable that holds a function.
func signature(pkg *types.Package, name string) (*types.Signature, error) {
	typeName, method, isMethod := strings.Cut(name, ".")
	if !isMethod {
		switch obj := pkg.Scope().Lookup(name).(type) {
		case *types.Func, *types.Var:
			if sig, ok := obj.Type().Underlying().(*types.Signature); ok {
				return sig, nil
			}
		}
		return nil, Missing("func " + name)
	}
	t, err := typeOf(pkg, typeName)
	if err != nil {
		return nil, err
	}
	obj, _, _ := types.LookupFieldOrMethod(t, true, pkg, method)
	fn, ok := obj.(*types.Func)
	if !ok {
		return nil, Missing("method " + name)
	}
	return fn.Signature(), nil
}

func typeOf(pkg *types.Package, name string) (types.Type, error) {
	tn, ok := pkg.Scope().Lookup(name).(*types.TypeName)
	if !ok {
		return nil, Missing("type " + name)
	}
	return tn.Type(), nil
}

// checkInit checks an entry on importing a package. Whether it has an init
// function cannot be told from its types.
func checkInit(e apitable.Entry) error {
	for _, a := range e.Args {
		if a.IsParam {
			return fmt.Errorf("%s has no arguments", e.Symbol)
		}
	}
	return nil
}

func checkCommand(pkg *types.Package, name string) error {
	typeName, field, _ := strings.Cut(name, ".")
	t, err := typeOf(pkg, typeName)
	if err != nil {
		return err
	}
	obj, _, _ := types.LookupFieldOrMethod(t, true, pkg, field)
	v, ok := obj.(*types.Var)
	if !ok {
		return Missing("field " + name)
	}
	switch v.Type().Underlying().(type) {
	case *types.Signature, *types.Interface:
		return nil
	}
	return fmt.Errorf("the field is a %s, not a function", v.Type())
}

// checkLiteral checks an entry on composite literals of a type. A field that the
// type lacks is Missing: another version may have it.
func checkLiteral(t types.Type, e apitable.Entry) error {
	if _, ok := t.Underlying().(*types.Struct); !ok {
		return fmt.Errorf("%s is no struct", e.Symbol)
	}
	for _, a := range e.Args {
		if !a.IsParam {
			continue
		}
		if a.Param >= 0 || a.Field == "" {
			return fmt.Errorf("a literal has no arguments: want $recv.Field")
		}
		obj, _, _ := types.LookupFieldOrMethod(t, true, nil, a.Field)
		if v, ok := obj.(*types.Var); !ok || !v.IsField() {
			return Missing("field " + e.Symbol + "." + a.Field)
		}
	}
	return nil
}

func checkArg(sig *types.Signature, a apitable.Arg) error {
	if !a.IsParam {
		return nil
	}
	var t types.Type
	if a.Param < 0 {
		if sig.Recv() == nil {
			return fmt.Errorf("$recv, but the function is no method")
		}
		t = sig.Recv().Type()
	} else {
		var err error
		if t, err = paramType(sig, a.Param); err != nil {
			return err
		}
		if a.Rest && !sig.Variadic() {
			return fmt.Errorf("$%d..., but the function is not variadic", a.Param)
		}
	}
	if a.Field == "" {
		return nil
	}
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	var owner *types.Package // of fields that are not exported
	if named, ok := types.Unalias(t).(*types.Named); ok {
		owner = named.Obj().Pkg()
	}
	obj, _, _ := types.LookupFieldOrMethod(t, true, owner, a.Field)
	if v, ok := obj.(*types.Var); !ok || !v.IsField() {
		return fmt.Errorf("%s has no field %s", t, a.Field)
	}
	return nil
}

// paramType is the type of argument i of a call.
func paramType(sig *types.Signature, i int) (types.Type, error) {
	n := sig.Params().Len()
	switch {
	case sig.Variadic() && i >= n-1:
		t := sig.Params().At(n - 1).Type()
		if s, ok := t.Underlying().(*types.Slice); ok {
			t = s.Elem()
		}
		return t, nil
	case i >= n:
		return nil, fmt.Errorf("$%d, but there are %d parameters", i, n)
	}
	return sig.Params().At(i).Type(), nil
}

// mayBePointer tells whether something can be stored through a value of type t.
// A type that names another module's, which nobody read, is invalid: it may be.
func mayBePointer(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Pointer, *types.Interface:
		return true
	case *types.Basic:
		return u.Kind() == types.Invalid
	}
	_, isParam := types.Unalias(t).(*types.TypeParam)
	return isParam
}
