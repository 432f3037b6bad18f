# cmake -DOUT=file.c -DMODELS="a.h;b.h" -P WriteModels.cmake

set(arrays "")
set(table "")
set(count 0)
list(SORT MODELS)
foreach(model ${MODELS})
    get_filename_component(name "${model}" NAME)
    file(READ "${model}" hex HEX)
    string(LENGTH "${hex}" length)
    math(EXPR size "${length} / 2")
    string(REGEX REPLACE "(................................)" "\\1\n    " hex "${hex}")
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," hex "${hex}")
    string(APPEND arrays "static const char model_${count}[] = {\n    ${hex}0x00};\n\n")
    string(APPEND table "    {\"${name}\", model_${count}, ${size}},\n")
    math(EXPR count "${count} + 1")
endforeach()

# A table needs an element even where there is no model: the empty one is not counted.
file(WRITE "${OUT}" "#include \"embedded_models.h\"\n\n${arrays}"
     "const struct embedded_model embedded_models[] = {\n${table}    {NULL, NULL, 0},\n};\n"
     "const size_t embedded_model_count = ${count};\n")
