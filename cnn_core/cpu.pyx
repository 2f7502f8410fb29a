"""Which of the instruction sets that the engine is built for this CPU has."""
cdef extern from *:
    """
    #if (defined(__GNUC__) || defined(__clang__)) && defined(__x86_64__)
    static int pynn_avx2(void) { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }
    static int pynn_avx512(void) {
        return pynn_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
            && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
    }
    #elif defined(_MSC_VER) && defined(_M_X64)
    #include <intrin.h>
    /* cpuid leaves 1 and 7, and whether the system saves the registers that go with them (xgetbv) */
    static int pynn_has(int ecx1, int ebx7, unsigned long long saved) {
        int one[4], seven[4];
        __cpuid(one, 0);
        if (one[0] < 7) return 0;
        __cpuid(one, 1);
        __cpuidex(seven, 7, 0);
        return (one[2] & (1 << 27)) && (one[2] & ecx1) == ecx1 && (seven[1] & ebx7) == ebx7
            && (_xgetbv(0) & saved) == saved;
    }
    static int pynn_avx2(void) { return pynn_has(1 << 12, 1 << 5, 0x06); }
    static int pynn_avx512(void) {
        return pynn_avx2() && pynn_has(1 << 12, (1 << 16) | (1 << 17) | (1 << 30) | (int)(1u << 31), 0xe6);
    }
    #else
    static int pynn_avx2(void) { return 0; }
    static int pynn_avx512(void) { return 0; }
    #endif
    """
    bint pynn_avx2()
    bint pynn_avx512()

INSTRUCTION_SETS = ["baseline", *(["avx2"] if pynn_avx2() else []), *(["avx512"] if pynn_avx512() else [])]
