#ifndef CCOIN_SHIM_H
#define CCOIN_SHIM_H
#include <coin/Cbc_C_Interface.h>
#include <coin/Clp_C_Interface.h>
#endif
