# cmake -DIN=x.cu -DOUT=x.cpp -P cu2cpp.cmake : rewrites the spellings of CUDA that are not C++.
#
#   kernel<a, b><<<grid, block>>>(x)       EMU_LAUNCH((kernel<a, b>), grid, block)(x)
#   extern __shared__ float tile[];        float *tile = (float *)::emu::dynamic_shared(...);
#   __shared__ alignas(16) float x[4];     alignas(16) __shared__ float x[4];
#   static __shared__ float x[4];          __shared__ float x[4];
#   __noinline__                           __attribute__((noinline)), which C++'s own headers would not survive
#
# No line moves, and #line sends diagnostics, gdb and the sanitizers to the .cu file.
cmake_policy(VERSION 3.22)
file(READ "${IN}" text)

# Brackets and semicolons have a meaning in CMake's lists: none is made of the text.
set(space "[ \t\r\n]*")
set(name "[A-Za-z_][A-Za-z_0-9]*")

# ---- launches: for each <<<, the kernel's expression ends the text before it ----

# Splits `before` into `head` and the `kernel` at its end: a name with scopes and members or an expression in
# parentheses, then perhaps template arguments, whose angle brackets match. No kernel: it is empty.
function(split_kernel before)
  string(REGEX REPLACE "[ \t\r\n]+$" "" head "${before}")
  set(arguments "")
  if(head MATCHES ">$")
    set(depth 0) # of angle brackets; in parentheses they are comparisons and shifts
    set(parentheses 0)
    string(LENGTH "${head}" at)
    while(at GREATER 0)
      math(EXPR at "${at} - 1")
      string(SUBSTRING "${head}" ${at} 1 letter)
      if(letter STREQUAL ")")
        math(EXPR parentheses "${parentheses} + 1")
      elseif(letter STREQUAL "(")
        math(EXPR parentheses "${parentheses} - 1")
      elseif(letter STREQUAL ">" AND parentheses EQUAL 0)
        math(EXPR depth "${depth} + 1")
      elseif(letter STREQUAL "<" AND parentheses EQUAL 0)
        math(EXPR depth "${depth} - 1")
      endif()
      if(depth EQUAL 0)
        break()
      endif()
    endwhile()
    string(SUBSTRING "${head}" ${at} -1 arguments)
    string(SUBSTRING "${head}" 0 ${at} head)
  endif()
  string(REGEX MATCH "((::)?(${name}(::|\\.|->))*${name}(\\[[^][]*\\])*|\\([^()]*\\))$" callee "${head}")
  string(LENGTH "${head}" length)
  string(LENGTH "${callee}" callee_length)
  math(EXPR length "${length} - ${callee_length}")
  string(SUBSTRING "${head}" 0 ${length} head)
  set(head "${head}" PARENT_SCOPE)
  set(kernel "${callee}${arguments}" PARENT_SCOPE)
  if(callee STREQUAL "")
    set(kernel "" PARENT_SCOPE)
  endif()
endfunction()

# Is what follows `before` in a comment or a string?
function(in_words variable before)
  set(${variable} FALSE PARENT_SCOPE)
  string(FIND "${before}" "/*" opened REVERSE)
  string(FIND "${before}" "*/" closed REVERSE)
  string(FIND "${before}" "\n" line REVERSE)
  string(SUBSTRING "${before}" ${line} -1 line_start)
  string(REGEX REPLACE "\"([^\"\\]|\\\\.)*\"" "" line_start "${line_start}")
  if(opened GREATER closed OR line_start MATCHES "//|\"")
    set(${variable} TRUE PARENT_SCOPE)
  endif()
endfunction()

set(done "")
set(rest "${text}")
while(TRUE)
  string(FIND "${rest}" "<<<" begin)
  if(begin EQUAL -1)
    break()
  endif()
  string(SUBSTRING "${rest}" 0 ${begin} before)
  math(EXPR begin "${begin} + 3")
  string(SUBSTRING "${rest}" ${begin} -1 rest)
  string(FIND "${rest}" ">>>" end)
  string(SUBSTRING "${rest}" 0 ${end} configuration)
  split_kernel("${before}")
  in_words(words "${done}${before}")
  if(words OR end EQUAL -1 OR kernel STREQUAL "" OR configuration MATCHES ";")
    string(APPEND done "${before}<<<")
    continue()
  endif()
  math(EXPR end "${end} + 3")
  string(SUBSTRING "${rest}" ${end} -1 rest)
  string(APPEND done "${head}EMU_LAUNCH((${kernel}), ${configuration})")
endwhile()
set(text "${done}${rest}")

# ---- shared memory ----
set(align "((__align__|alignas)${space}\\([^()]*\\)${space})?")
string(REGEX REPLACE "static[ \t]+__shared__|__shared__[ \t]+static" "__shared__" text "${text}")
string(REPLACE "__noinline__" "__attribute__((noinline))" text "${text}")
string(REGEX REPLACE "__shared__[ \t]+alignas${space}(\\([^()]*\\))" "alignas\\1 __shared__" text "${text}")
string(REGEX REPLACE
       "${align}extern[ \t\r\n]+${align}__shared__[ \t\r\n]+${align}([A-Za-z_][A-Za-z_0-9:<> ]*[A-Za-z_0-9>])[ \t]+(${name})${space}\\[${space}\\]${space};"
       "\\7 *\\8 = (\\7 *)::emu::dynamic_shared({ __FILE__, __LINE__ });" text "${text}")

file(WRITE "${OUT}" "#line 1 \"${IN}\"\n${text}")
