cmake_minimum_required(VERSION 3.25)
project(consumer C)

find_package(fearless 0.1 REQUIRED)

add_executable(shared consumer.c)
target_link_libraries(shared PRIVATE fearless::fearless)

add_executable(static consumer.c)
target_link_libraries(static PRIVATE fearless::fearless_static)
