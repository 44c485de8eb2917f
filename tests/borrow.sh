#!/bin/sh
# borrow.sh COMPILER ARGUMENTS... - a compiler launcher for tests that build the tree once more: an object that another build
# already has, of the same source, is copied from there; everything else is compiled.
#   BORROW_TREE, BORROW_BUILD    the other source tree and its build folder
#   BORROW_HERE                  the source tree that is built
out='' in='' deps='' target=''
before=
for word; do
    case $before in
    -o) out=$word ;;
    -c) in=$(readlink -f "$word") ;;
    -MF) deps=$word ;;
    -MT) target=$word ;;
    esac
    before=$word
done
# gradcheck/, built by itself, has its objects one folder higher
for have in "$BORROW_BUILD/$out" "$BORROW_BUILD/gradcheck/$out"; do
    if [ -z "$in" ] || ! [ -f "$have" ]; then continue; fi
    case $in in
    "$BORROW_HERE"/build*) ;; # made in the build folder
    *) cmp -s "$in" "$BORROW_TREE/${in#"$BORROW_HERE"}" || continue ;;
    esac
    [ -z "$deps" ] || printf '%s: %s\n' "$target" "$in" >"$deps"
    cp "$have" "$out" && exit
done
exec "$@"
