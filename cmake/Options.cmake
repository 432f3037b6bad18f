# What every target of this project is compiled with: an interface library, so that nothing leaks
# into a project that adds this one with add_subdirectory.

add_library(fearless_options INTERFACE)
target_compile_options(fearless_options INTERFACE -Wall -Wextra -Wshadow -Wstrict-prototypes)
if(FEARLESS_WERROR)
    target_compile_options(fearless_options INTERFACE -Werror)
endif()

if(FEARLESS_SANITIZE)
    set(flags -fsanitize=${FEARLESS_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    target_compile_options(fearless_options INTERFACE ${flags})
    target_link_options(fearless_options INTERFACE ${flags})
endif()
if(FEARLESS_COVERAGE)
    target_compile_options(fearless_options INTERFACE --coverage)
    target_link_options(fearless_options INTERFACE --coverage)
endif()
