# lesson.cmake - the lessons' text is true, and the tool that says so rejects what is not.
add_executable(lesson_gates lesson_gates.c lesson_gates_judge.c lesson_gates_predictions.c lesson_gates_page.c)
target_compile_definitions(lesson_gates PRIVATE _GNU_SOURCE)
target_link_libraries(lesson_gates PRIVATE lesson_text_parts)

# code, formulas, console output, tables, figures, numbers, headings of every lesson; skipped if all that could be looked at is
# true, but the data of an experiment are not on this machine
add_test(NAME lesson.text COMMAND lesson_text)
set_tests_properties(lesson.text PROPERTIES SKIP_RETURN_CODE 77)

# deliberately wrong pages, each rejected for its own reason, and right ones that pass
add_test(NAME lesson.gates COMMAND lesson_gates WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
set_tests_properties(lesson.gates PROPERTIES
  ENVIRONMENT_MODIFICATION "PATH=path_list_prepend:$<TARGET_FILE_DIR:rungs>")

add_test(NAME lesson.verb COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/lesson_verb.sh $<TARGET_FILE:rungs>
         $<TARGET_FILE:lesson_01_main> ${PROJECT_SOURCE_DIR})

# the texts in a terminal, and the formulas in them
add_executable(tex_known tex_known.c)
target_link_libraries(tex_known PRIVATE rungs_lessons)
add_test(NAME lesson.tex COMMAND tex_known)
add_executable(read_fill read_fill.c ../cli/read_fill.c)
target_compile_definitions(read_fill PRIVATE _GNU_SOURCE)
target_link_libraries(read_fill PRIVATE rungs_lessons)
add_test(NAME lesson.read_fill COMMAND read_fill)
add_test(NAME lesson.read COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/read.sh $<TARGET_FILE:rungs> ${PROJECT_SOURCE_DIR})

# the texts as HTML
add_test(NAME lesson.site COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/site.sh $<TARGET_FILE:rungs> ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_BINARY_DIR}/site)
set_tests_properties(lesson.site PROPERTIES SKIP_RETURN_CODE 77)
add_test(NAME lesson.site_book COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/site_book.sh $<TARGET_FILE:rungs> ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_BINARY_DIR}/site_book)
set_tests_properties(lesson.site_book PROPERTIES SKIP_RETURN_CODE 77)
add_executable(site_contrast site_contrast.c)
target_compile_definitions(site_contrast PRIVATE _GNU_SOURCE)
target_link_libraries(site_contrast PRIVATE m)
add_test(NAME lesson.site_contrast COMMAND site_contrast ${PROJECT_SOURCE_DIR}/cli/site/style.css ${PROJECT_SOURCE_DIR}/cli/site/print.css
         ${PROJECT_SOURCE_DIR}/plots/style.gp)
add_executable(site_models site_models.c ../cli/site_models.c ../cli/explain_picture.c)
target_link_libraries(site_models PRIVATE rungs_learn)
add_test(NAME lesson.site_models COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/site_models.sh $<TARGET_FILE:site_models> ${PROJECT_SOURCE_DIR}
         ${CMAKE_CURRENT_BINARY_DIR}/site_models)
set_tests_properties(lesson.site_models PROPERTIES SKIP_RETURN_CODE 77)

# the operations that lesson 2's table counts, counted; a page without that table is rejected
get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
if("CXX" IN_LIST languages)
  add_executable(lesson_cost lesson_cost.cpp)
  target_compile_features(lesson_cost PRIVATE cxx_std_17)
  target_compile_options(lesson_cost PRIVATE -Wall -Wextra -Wpedantic -Wshadow $<$<BOOL:${RUNGS_WERROR}>:-Werror>)
  add_test(NAME lesson.cost COMMAND lesson_cost ${PROJECT_SOURCE_DIR}/lessons/02_activations/README.md)
  add_test(NAME lesson.cost_rejects COMMAND lesson_cost ${PROJECT_SOURCE_DIR}/lessons/01_mlp_backprop/README.md)
  set_tests_properties(lesson.cost_rejects PROPERTIES WILL_FAIL ON)
endif()

# a second parser must accept every formula
add_test(NAME lesson.pandoc COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/lesson_pandoc.sh $<TARGET_FILE:lesson_text>)
set_tests_properties(lesson.pandoc PROPERTIES SKIP_RETURN_CODE 77)

# what comments of rungs predict
add_test(NAME lesson.comments COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/lesson_comments.sh ${PROJECT_SOURCE_DIR})

# the articles' claims: the page against its runs
add_test(NAME lesson.claims COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/claims.sh $<TARGET_FILE:rungs> ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_BINARY_DIR}/claims)
# the articles' formulas: the page against the errata, the list against the articles
add_test(NAME lesson.formulas COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/formulas.sh $<TARGET_FILE:rungs> ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_BINARY_DIR}/formulas)

# links of every page, and pages with a link that nobody can open
if(RUNGS_TEST_ONCE)
  add_test(NAME lesson.links COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/links.sh ${PROJECT_SOURCE_DIR})
endif()
