/*
 * json.h - reads single values out of the library's JSON, which is well formed. For more than that, use a JSON library.
 */
#ifndef DEMO_JSON_H
#define DEMO_JSON_H

#include <stddef.h>

/*
 * The first value of a key: a string as its characters in UTF-8, anything else as its JSON text. Cut to the capacity; empty when
 * the key is not there or its value is null.
 */
void json_value(const char* json, const char* key, char* buffer, size_t capacity);

#endif
