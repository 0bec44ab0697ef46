* Partition: gr??e?of two lines
* the objective is maximised: this is its negative
NAME program
ROWS
 N obj
 G r0_low
 L r0_high
 E r1
 G r2
 L r3
COLUMNS
 x0 obj -2.0
 x0 r0_low 1.0
 x0 r0_high 1.0
 x1 obj 1.0
 x1 r0_low 1.0
 x1 r0_high 1.0
 m0 'MARKER' 'INTORG'
 x2 obj -3.0
 x2 r1 1.0
 m1 'MARKER' 'INTEND'
 x3 r1 -2.0
 x3 r2 1.0
 x4 obj 0.0
 one obj 4.0
RHS
 rhs r0_low -3.0
 rhs r0_high 2.0
 rhs r1 1.0
 rhs r2 -0.25
 rhs r3 1.0
BOUNDS
 LO bnd x0 -1.5
 UP bnd x0 2.0
 MI bnd x1
 UP bnd x1 8.0
 LO bnd x2 0.0
 UP bnd x2 5.0
 FR bnd x3
 FX bnd x4 3.0
 FX bnd one 1.0
ENDATA
