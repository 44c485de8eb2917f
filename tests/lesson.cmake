# lesson.cmake - tests of lesson.
