# cmake -DKIND=model -DOUT=file.c -DFILES="a.h;b.h" -P WriteEmbedded.cmake

set(arrays "")
set(table "")
set(count 0)
list(SORT FILES)
foreach(file ${FILES})
    get_filename_component(name "${file}" NAME)
    file(READ "${file}" hex HEX)
    string(LENGTH "${hex}" length)
    math(EXPR size "${length} / 2")
    string(REGEX REPLACE "(................................)" "\\1\n    " hex "${hex}")
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," hex "${hex}")
    string(APPEND arrays "static const unsigned char bytes_${count}[] = {\n    ${hex}0x00};\n\n")
    string(APPEND table "    {\"${name}\", (const char *)bytes_${count}, ${size}},\n")
    math(EXPR count "${count} + 1")
endforeach()

# A table needs an element even where there is no file: the empty one is not counted.
file(WRITE "${OUT}" "#include \"embedded_${KIND}s.h\"\n\n${arrays}"
     "const struct embedded_${KIND} embedded_${KIND}s[] = {\n${table}    {NULL, NULL, 0},\n};\n"
     "const size_t embedded_${KIND}_count = ${count};\n")
